package kubernetes_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/strvals"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// block is the text of a block of the guide.
func block(t *testing.T, mark string) string {
	t.Helper()
	guide, err := os.ReadFile("../../docs/guides/kubernetes.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?ms)^<!-- " + mark + " -->\n```\\w+\n(.*?)^```$").FindSubmatch(guide)
	if found == nil {
		t.Fatalf("the guide has no %q", mark)
	}
	return string(found[1])
}

// installed is what a helm command of the guide installs. Files are the values files.
func installed(t *testing.T, command string, files map[string]string) release {
	t.Helper()
	r := release{namespace: "default", values: object{}}
	words := strings.Fields(command)
	var plain []string
	for i := 1; i < len(words); i++ {
		switch word := words[i]; word {
		case "--namespace":
			i++
			r.namespace = words[i]
		case "--set":
			i++
			if err := strvals.ParseInto(words[i], r.values); err != nil {
				t.Fatalf("%s: %v", command, err)
			}
		case "--values":
			i++
			if err := yaml.UnmarshalStrict([]byte(files[words[i]]), &r.values); err != nil {
				t.Fatalf("%s: %v", words[i], err)
			}
		case "--install", "--wait":
		default:
			plain = append(plain, word)
		}
	}
	if len(plain) != 3 || !slices.Contains([]string{"install", "upgrade"}, plain[0]) || strings.TrimPrefix(plain[2], "mockauth0/") != "testkit/kubernetes/chart" {
		t.Fatalf("%q is not an installation of the chart: %q", command, plain)
	}
	r.name = plain[1]
	return r
}

// Bash runs the steps of the release, in which a function stands in for helm. The chart is then packed as they say.
func TestTheReleasePublishesTheChartOfTheGuide(t *testing.T) {
	data, err := os.ReadFile("../../.github/workflows/release.yml")
	if err != nil {
		t.Fatal(err)
	}
	var workflow struct {
		Jobs map[string]struct{ Steps []struct{ Run string } }
	}
	if err := yaml.Unmarshal(data, &workflow); err != nil {
		t.Fatal(err)
	}
	script := []string{"set -eu; helm() { echo helm \"$@\"; }"}
	for _, step := range workflow.Jobs["chart"].Steps {
		script = append(script, step.Run)
	}
	cmd := exec.Command("bash", "-c", strings.Join(script, "\n"))
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "GITHUB_REF_NAME=v1.2.3", "GITHUB_REPOSITORY_OWNER=mockauth0", "GITHUB_ACTOR=ada", "GITHUB_TOKEN=secret"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	said := regexp.MustCompile(`(?s)^helm package testkit/kubernetes/(chart) --version (\S+) --app-version (\S+) --destination dist\nhelm registry login ghcr.io .*\nhelm push dist/(mockauth0)-\*\.tgz (oci://\S+)\n$`).FindStringSubmatch(string(out))
	if said == nil {
		t.Fatalf("it says\n%s", out)
	}
	c, err := loader.LoadDir(said[1])
	if err != nil {
		t.Fatal(err)
	}
	c.Metadata.Version, c.Metadata.AppVersion = said[2], said[3]
	file, err := chartutil.Save(c, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if c, err = loader.LoadFile(file); err != nil || c.Name() != said[4] {
		t.Fatalf("the chart is %s: %v", c.Name(), err)
	}
	want := "helm install mockauth0 " + said[5] + "/" + c.Name() + " --version " + c.Metadata.Version + " --namespace ci\n"
	if guide := block(t, "kubernetes: oci"); guide != want {
		t.Errorf("the guide has %s, want %s", guide, want)
	}
	if c.Values["image"].(object)["tag"] != "" || c.Metadata.AppVersion != "1.2.3" { // as {{version}} of the image's tags
		t.Errorf("the image is %v, or %s", c.Values["image"], c.Metadata.AppVersion)
	}
}

func TestTheGuidesAppFindsTheInstance(t *testing.T) {
	r := render(t, installed(t, block(t, "kubernetes: install"), nil))
	if image := r.set.Spec.Template.Spec.Containers[0].Image; image != "registry.example.com/mockauth0:latest" {
		t.Errorf("the image is %s", image)
	}
	var pod corev1.PodSpec
	if err := yaml.UnmarshalStrict([]byte(block(t, "kubernetes: app")), &pod); err != nil {
		t.Fatal(err)
	}
	app := pod.Containers[0]
	config, made := r.configs[pod.Volumes[0].ConfigMap.Name]
	if file := strings.TrimPrefix(app.Env[1].Value, app.VolumeMounts[0].MountPath+"/"); !made || config.Data[file] == "" {
		t.Errorf("the app reads %s of %+v", file, config)
	}
	host, _ := strings.CutSuffix(app.Env[0].Value, fmt.Sprint(":", r.service.Spec.Ports[0].Port))
	if !slices.Contains(r.hosts(0), host) {
		t.Errorf("the app calls %s, and the names are %q", app.Env[0].Value, r.hosts(0))
	}
}

func TestTheGuidesSharedInstanceIsBehindTheIngress(t *testing.T) {
	values := map[string]string{"shared.yaml": block(t, "kubernetes: shared")}
	r := render(t, installed(t, block(t, "kubernetes: shared install"), values))
	if rules := r.ingress.Spec.Rules; len(rules) != 2 || rules[0].Host != "auth.qa.example.com" || rules[1].Host != "*.auth.qa.example.com" {
		t.Errorf("%+v", rules)
	}
	if len(r.set.Spec.VolumeClaimTemplates) != 1 || !strings.Contains(r.configs[r.service.Name].Data["mockauth0.yaml"], "grace@example.com") {
		t.Errorf("%+v", r.configs)
	}
}

// Bash runs the scripts of the jobs, in which a function stands in for helm, and prints
// what each shard calls.
func TestEachShardOfTheGuidesPipelineCallsAPodOfItsOwn(t *testing.T) {
	type job struct {
		Stage, Image, When string
		Parallel           int
		Script             []string
		Artifacts          struct{ Paths []string }
	}
	var pipeline struct {
		Stages           []string
		Variables        map[string]string
		Start, Test, End job
	}
	if err := yaml.UnmarshalStrict([]byte(block(t, "kubernetes: gitlab")), &pipeline); err != nil {
		t.Fatal(err)
	}
	run := func(j job, env ...string) string {
		t.Helper()
		stand := "set -eu; helm() { echo helm \"$@\"; }; git() { :; }; npm() { :; }; kubectl() { echo kubectl \"$@\" >&2; echo CERTIFICATE; }\n"
		cmd := exec.Command("bash", "-c", stand+"RELEASE="+pipeline.Variables["RELEASE"]+"\n"+strings.Join(j.Script, "\n")+"\necho ${AUTH0_DOMAIN-} ${NODE_EXTRA_CA_CERTS-}")
		cmd.Dir = t.TempDir()
		cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "CI_PIPELINE_ID=77"}, env...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v\n%s", j.Script, err, out)
		}
		for _, file := range j.Artifacts.Paths {
			if saved, err := os.ReadFile(filepath.Join(cmd.Dir, file)); err != nil || len(saved) == 0 {
				t.Errorf("%s: %q, %v", file, saved, err)
			}
		}
		return string(out)
	}
	started := run(pipeline.Start)
	command := regexp.MustCompile(`(?m)^helm install .*$`).FindString(started)
	r := render(t, installed(t, command, nil))
	asked := regexp.MustCompile(`kubectl get configmap (\S+) --namespace (\S+) --output jsonpath=\{\.data\.ca\\\.pem\}`).FindStringSubmatch(started)
	if asked == nil || r.configs[asked[1]].Data["ca.pem"] == "" || asked[2] != r.namespace {
		t.Errorf("no certificate: %s", started)
	}
	if int(*r.set.Spec.Replicas) != pipeline.Test.Parallel {
		t.Errorf("%d pods for %d jobs", *r.set.Spec.Replicas, pipeline.Test.Parallel)
	}
	for index := 1; index <= pipeline.Test.Parallel; index++ {
		said := run(pipeline.Test, fmt.Sprintf("CI_NODE_INDEX=%d", index), fmt.Sprintf("CI_NODE_TOTAL=%d", pipeline.Test.Parallel))
		host, rest, _ := strings.Cut(said, ":2884 ")
		if !slices.Contains(r.hosts(index-1), host) || !strings.HasSuffix(strings.TrimSpace(rest), "/ca.pem") {
			t.Errorf("job %d calls %s, and the pod is %q", index, said, r.hosts(index-1))
		}
	}
	if ended := run(pipeline.End); !strings.Contains(ended, "helm uninstall "+r.name+" --namespace "+r.namespace) {
		t.Errorf("the end is %s", ended)
	}
}

// Starlark runs the Tiltfile. Functions stand in for those of Tilt.
func TestTheGuidesTiltfileForwardsPortsOfThePod(t *testing.T) {
	var r rendered
	list := func(v starlark.Value) (all []string) {
		if v, ok := v.(*starlark.List); ok {
			for e := range v.Elements() {
				all = append(all, strings.Trim(e.String(), `"`))
			}
		}
		return all
	}
	built, forwarded, deployed := "", []string(nil), false
	function := func(do func(args starlark.Tuple, named map[string]starlark.Value) error) func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		return func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, pairs []starlark.Tuple) (starlark.Value, error) {
			named := map[string]starlark.Value{}
			for _, pair := range pairs {
				named[string(pair[0].(starlark.String))] = pair[1]
			}
			return starlark.String("manifests"), do(args, named)
		}
	}
	builtins := starlark.StringDict{}
	for name, do := range map[string]func(starlark.Tuple, map[string]starlark.Value) error{
		"docker_build": func(args starlark.Tuple, _ map[string]starlark.Value) error {
			built = string(args[0].(starlark.String))
			return nil
		},
		"helm": func(args starlark.Tuple, named map[string]starlark.Value) error {
			if args[0] != starlark.String("../mockauth0/testkit/kubernetes/chart") {
				return fmt.Errorf("the chart is %s", args[0])
			}
			of := release{name: string(named["name"].(starlark.String)), namespace: string(named["namespace"].(starlark.String)), values: object{}}
			for _, set := range list(named["set"]) {
				if err := strvals.ParseInto(set, of.values); err != nil {
					return err
				}
			}
			r = render(t, of)
			return nil
		},
		"k8s_yaml": func(args starlark.Tuple, _ map[string]starlark.Value) error {
			deployed = args[0] == starlark.String("manifests")
			return nil
		},
		"k8s_resource": func(args starlark.Tuple, named map[string]starlark.Value) error {
			if args[0] != starlark.String(r.set.Name) {
				return fmt.Errorf("there is no workload %s", args[0])
			}
			forwarded = list(named["port_forwards"])
			return nil
		},
	} {
		builtins[name] = starlark.NewBuiltin(name, function(do))
	}
	if _, err := starlark.ExecFileOptions(&syntax.FileOptions{}, &starlark.Thread{}, "Tiltfile", block(t, "kubernetes: tilt"), builtins); err != nil {
		t.Fatal(err)
	}
	container := r.set.Spec.Template.Spec.Containers[0]
	if image, _, _ := strings.Cut(container.Image, ":"); image != built || !deployed {
		t.Errorf("the pod has %s, built is %s; deployed: %v", container.Image, built, deployed)
	}
	for _, port := range forwarded {
		if !slices.ContainsFunc(container.Ports, func(p corev1.ContainerPort) bool { return fmt.Sprint(p.ContainerPort) == port }) {
			t.Errorf("the pod has no port %s", port)
		}
	}
}
