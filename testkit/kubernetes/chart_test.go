// Package kubernetes_test holds the Helm chart to what it says: it is linted and rendered as
// helm does it, the manifests are decoded strictly, and what they say to the program is run.
package kubernetes_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

type object = map[string]any

// one has what an instance that all share can have, many what shards can have.
var (
	one = object{
		"fixture": "version: 1\nextends: default\n", "args": []any{"--seed=shop"}, "issuer": "https://auth.qa.example.com/",
		"hosts": []any{"auth.qa.example.com"}, "tenantHost": "auth.qa.example.com",
		"ingress":     object{"enabled": true, "className": "nginx", "tlsSecret": "qa", "annotations": object{"a/b": "c"}},
		"persistence": object{"enabled": true, "storageClass": "fast"}, "nodeSelector": object{"kubernetes.io/os": "linux"},
		"tolerations": []any{object{"key": "ci", "operator": "Exists"}},
		"affinity":    object{"podAntiAffinity": object{"preferredDuringSchedulingIgnoredDuringExecution": []any{}}},
	}
	many = object{"shards": 4, "persistence": object{"enabled": true}}
)

func TestTheChartHasNoLint(t *testing.T) {
	for _, values := range []object{{}, one, many} {
		linter := lint.All("chart", values, "qa", false)
		for _, m := range linter.Messages {
			if m.Severity > support.InfoSev {
				t.Errorf("%s", m)
			}
		}
	}
}

func TestTheChartRefusesWhatCannotBe(t *testing.T) {
	for says, values := range map[string]object{
		"shard":                           {"shard": 4},
		"set shards to 1":                 {"shards": 4, "hosts": []any{"a.example.com"}, "ingress": object{"enabled": true}},
		"an ingress needs hosts":          {"ingress": object{"enabled": true}},
		"minimum: got 0, want 1":          {"shards": 0},
		"tls.secret: got number, want st": {"tls": object{"secret": 1}},
	} {
		_, err := manifests(release{name: "qa", namespace: "qa", values: values})
		if err == nil || !strings.Contains(strings.ReplaceAll(fmt.Sprint(err), "/tls/secret'", "tls.secret"), says) {
			t.Errorf("%v: got %v, want %q", values, err, says)
		}
	}
}

// A release is what helm install is given.
type release struct {
	name, namespace string
	values          object
}

// manifests are the files of the chart as helm renders them.
func manifests(r release) (map[string]string, error) {
	c, err := loader.LoadDir("chart")
	if err != nil {
		return nil, err
	}
	values, err := chartutil.ToRenderValues(c, r.values, chartutil.ReleaseOptions{Name: r.name, Namespace: r.namespace}, chartutil.DefaultCapabilities)
	if err != nil {
		return nil, err
	}
	return engine.Render(c, values)
}

// A rendered chart.
type rendered struct {
	release
	set     appsv1.StatefulSet
	service corev1.Service
	ingress networkingv1.Ingress
	secret  corev1.Secret
	configs map[string]corev1.ConfigMap
}

func render(t *testing.T, of release) rendered {
	t.Helper()
	files, err := manifests(of)
	if err != nil {
		t.Fatal(err)
	}
	r := rendered{release: of, configs: map[string]corev1.ConfigMap{}}
	for name, text := range files {
		if !strings.HasSuffix(name, ".yaml") {
			continue
		}
		for part := range strings.SplitSeq(text, "\n---\n") {
			if strings.TrimSpace(part) == "" {
				continue
			}
			var kind struct{ Kind string }
			if err := yaml.Unmarshal([]byte(part), &kind); err != nil {
				t.Fatalf("%s: %v\n%s", name, err, part)
			}
			var config corev1.ConfigMap
			into, known := map[string]any{"StatefulSet": &r.set, "Service": &r.service, "Ingress": &r.ingress, "Secret": &r.secret, "ConfigMap": &config}[kind.Kind]
			if !known {
				t.Fatalf("%s has a %q", name, kind.Kind)
			}
			if err := yaml.UnmarshalStrict([]byte(part), into); err != nil {
				t.Fatalf("%s: %v\n%s", name, err, part)
			}
			if config.Name != "" {
				r.configs[config.Name] = config
			}
		}
	}
	return r
}

func qa(values object) release { return release{name: "qa", namespace: "team", values: values} }

// hosts are the names by which a pod answers https in the cluster.
func (r rendered) hosts(pod int) []string {
	var all []string
	for _, of := range []string{r.service.Name, r.service.Name + "." + r.namespace, r.service.Name + "." + r.namespace + ".svc", r.service.Name + "." + r.namespace + ".svc.cluster.local"} {
		all = append(all, of)
		if of != r.service.Name { // of a name with one dot, OpenSSL takes no wildcard
			all = append(all, fmt.Sprintf("%s-%d.%s", r.set.Name, pod, of))
		}
	}
	return all
}

func TestAnInstanceThatAllShareNeedsNoValue(t *testing.T) {
	r := render(t, qa(object{}))
	spec := r.set.Spec
	if *spec.Replicas != 1 || len(spec.VolumeClaimTemplates) != 0 || r.ingress.Name != "" {
		t.Errorf("%d replicas, %d volumes, ingress %q", *spec.Replicas, len(spec.VolumeClaimTemplates), r.ingress.Name)
	}
	if spec.ServiceName != r.service.Name || r.service.Spec.ClusterIP != "None" {
		t.Errorf("the pods have no names: %q, %+v", spec.ServiceName, r.service.Spec)
	}
	labels := spec.Template.Labels
	for key, value := range r.service.Spec.Selector {
		if labels[key] != value || spec.Selector.MatchLabels[key] != value {
			t.Errorf("the service looks for %s=%s, the pods have %v, and the set looks for %v", key, value, labels, spec.Selector.MatchLabels)
		}
	}
}

func TestTenantsHaveNamesBehindAnIngress(t *testing.T) {
	r := render(t, qa(one))
	var hosts []string
	for _, rule := range r.ingress.Spec.Rules {
		hosts = append(hosts, rule.Host)
		if to := rule.HTTP.Paths[0].Backend.Service; to.Name != r.service.Name || to.Port.Name != r.service.Spec.Ports[0].Name {
			t.Errorf("%s leads to %+v", rule.Host, to)
		}
	}
	want := []string{"auth.qa.example.com", "*.auth.qa.example.com"}
	if !slices.Equal(hosts, want) || !slices.Equal(r.ingress.Spec.TLS[0].Hosts, want) || r.ingress.Spec.TLS[0].SecretName != "qa" {
		t.Errorf("%+v", r.ingress.Spec)
	}
	if got := r.configs[r.service.Name].Data["mockauth0.yaml"]; got != one["fixture"] {
		t.Errorf("the fixture is %q", got)
	}
}

func TestEachShardHasAPodAndAVolumeOfItsOwn(t *testing.T) {
	spec := render(t, qa(many)).set.Spec
	if *spec.Replicas != 4 || spec.PodManagementPolicy != appsv1.ParallelPodManagement || len(spec.VolumeClaimTemplates) != 1 {
		t.Errorf("%+v", spec)
	}
}

func TestAPodHasNoRightsAndWritesNothing(t *testing.T) {
	for _, values := range []object{{}, one, many} {
		pod := render(t, qa(values)).set.Spec.Template.Spec
		c := pod.Containers[0].SecurityContext
		switch {
		case *pod.AutomountServiceAccountToken, !*pod.SecurityContext.RunAsNonRoot, pod.SecurityContext.SeccompProfile.Type != "RuntimeDefault",
			*c.AllowPrivilegeEscalation, !*c.ReadOnlyRootFilesystem, !slices.Equal(c.Capabilities.Drop, []corev1.Capability{"ALL"}):
			t.Errorf("%+v, %+v", pod.SecurityContext, c)
		}
	}
}

func TestASecretOfTheUserTakesThePlaceOfTheAuthority(t *testing.T) {
	r := render(t, qa(object{"tls": object{"secret": "ours"}}))
	volume := r.set.Spec.Template.Spec.Volumes[0]
	if r.secret.Name != "" || len(r.configs) != 0 || volume.Secret == nil || volume.Secret.SecretName != "ours" {
		t.Errorf("%+v, %+v, %+v", r.secret, r.configs, volume)
	}
}

// The program takes the arguments of a pod, with the files that are mounted and what the
// image sets. Its probes answer, and by each name in the cluster https has a certificate
// that the authority in the ConfigMap has signed, and the control API can be called.
func TestTheProgramDoesWhatThePodSays(t *testing.T) {
	program := filepath.Join(t.TempDir(), "mockauth0")
	if out, err := exec.Command("go", "build", "-C", "../..", "-buildvcs=false", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, values := range map[string]object{"default": {}, "shared": one, "shards": many} {
		t.Run(name, func(t *testing.T) {
			r := render(t, qa(values))
			pod := int(*r.set.Spec.Replicas) - 1
			url := r.serve(t, program, pod)
			container := r.set.Spec.Template.Spec.Containers[0]
			for _, probe := range []*corev1.Probe{container.StartupProbe, container.ReadinessProbe, container.LivenessProbe} {
				if probe.HTTPGet.Port.StrVal != container.Ports[0].Name {
					t.Errorf("a probe asks the port %s", probe.HTTPGet.Port.StrVal)
				}
				if status, _ := get(t, url+probe.HTTPGet.Path, "10.1.2.3:2884"); status != http.StatusOK {
					t.Errorf("the probe %s answers %d", probe.HTTPGet.Path, status)
				}
			}
			pool := x509.NewCertPool()
			if !pool.AppendCertsFromPEM([]byte(r.configs[r.service.Name+"-ca"].Data["ca.pem"])) {
				t.Fatal("the ConfigMap has no certificate")
			}
			hosts := r.hosts(pod)
			if values["hosts"] != nil {
				hosts = append(hosts, "auth.qa.example.com", "w3.auth.qa.example.com")
				body := strings.NewReader(`{"name":"w3"}`)
				res, err := http.Post(url+"/_mock/tenants", "application/json", body)
				if err != nil || res.StatusCode != http.StatusCreated {
					t.Fatalf("a tenant: %v, %v", res, err)
				}
				res.Body.Close()
			}
			for _, host := range hosts {
				conn, err := tls.Dial("tcp", strings.TrimPrefix(url, "http://"), &tls.Config{RootCAs: pool, ServerName: host})
				if err != nil {
					t.Errorf("https://%s: %v", host, err)
					continue
				}
				conn.Close()
				status, tenant := get(t, url+"/_mock/tenant", host+":2884")
				want := "http://" + host + ":2884/"
				if values["issuer"] != nil {
					want = values["issuer"].(string)
				}
				if strings.HasPrefix(host, "w3.") {
					want = "https://w3.auth.qa.example.com/"
				}
				if status != http.StatusOK || tenant.Issuer != want {
					t.Errorf("by the name %s: %d, issuer %q, want %q", host, status, tenant.Issuer, want)
				}
			}
		})
	}
}

// serve starts the program as the container of a pod starts, and is its URL. Free ports
// stand in for the pod's.
func (r rendered) serve(t *testing.T, program string, pod int) string {
	t.Helper()
	spec := r.set.Spec.Template.Spec
	container, root := spec.Containers[0], t.TempDir()
	var mounts []string // from paths in the pod to paths here
	for _, mount := range container.VolumeMounts {
		if err := os.MkdirAll(filepath.Join(root, mount.MountPath), 0o755); err != nil {
			t.Fatal(err)
		}
		mounts = append(mounts, "="+mount.MountPath, "="+root+mount.MountPath)
		for _, volume := range spec.Volumes {
			switch {
			case volume.Name != mount.Name, volume.EmptyDir != nil:
			case volume.Secret != nil && volume.Secret.SecretName == r.secret.Name:
				for file, data := range r.secret.Data {
					write(t, filepath.Join(root, mount.MountPath, file), data)
				}
			case volume.ConfigMap != nil:
				for file, text := range r.configs[volume.ConfigMap.Name].Data {
					write(t, filepath.Join(root, mount.MountPath, file), []byte(text))
				}
			default:
				t.Fatalf("the chart does not make the volume %s", mount.Name)
			}
		}
	}
	image, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	_, last, _ := strings.Cut(string(image), "FROM scratch")
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Dir = filepath.Join(root, regexp.MustCompile(`(?m)^WORKDIR (.*)$`).FindStringSubmatch(last)[1])
	if err := os.MkdirAll(cmd.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, set := range regexp.MustCompile(`MOCKAUTH0_\w+=\S+`).FindAllString(last, -1) {
		cmd.Env = append(cmd.Env, strings.NewReplacer(mounts...).Replace(set))
	}
	var expand []string // $(NAME) in arguments
	for _, v := range container.Env {
		if v.ValueFrom != nil && v.ValueFrom.FieldRef.FieldPath == "metadata.name" {
			v.Value = fmt.Sprintf("%s-%d", r.set.Name, pod)
		}
		cmd.Env = append(cmd.Env, v.Name+"="+v.Value)
		expand = append(expand, "$("+v.Name+")", v.Value)
	}
	expand = append(expand, "=:2884", "=127.0.0.1:0", "=:1025", "=127.0.0.1:0", "=:8025", "=127.0.0.1:0")
	for _, arg := range container.Args {
		arg = strings.NewReplacer(mounts...).Replace(strings.NewReplacer(expand...).Replace(arg))
		cmd.Args = append(cmd.Args, arg)
	}
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		fmt.Fprintln(&said, lines.Text())
		var line struct{ Level, Msg, URL string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil || line.Level != "INFO" {
			t.Errorf("the log says %s (%v)", lines.Text(), err)
		}
		if line.Msg == "ready" {
			return line.URL
		}
	}
	t.Fatalf("%v does not serve: %s", cmd.Args, &said)
	return ""
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

type tenant struct{ Issuer string }

// get asks a URL as a caller by another host does.
func get(t *testing.T, url, host string) (status int, answer tenant) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		t.Errorf("%s by %s: %v", url, host, err)
	}
	return res.StatusCode, answer
}
