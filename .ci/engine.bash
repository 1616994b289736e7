# A container engine for .ci/image. To be sourced.

oldest_engine=25 # knows HEALTHCHECK --start-interval

# engine_answers tells whether there is an engine that does.
engine_answers() {
  command -v docker >/dev/null || return 1
  local version
  version=$(timeout 20 docker version --format '{{.Server.Version}}' 2>/dev/null) || return 1
  ((${version%%.*} >= oldest_engine)) && docker buildx version >/dev/null 2>&1 && docker compose version >/dev/null 2>&1
}

# engine_can_start tells whether one could be started here, or says why not.
engine_can_start() {
  if [ "$(uname -s)" != Linux ] || ((EUID != 0)); then
    echo "no engine answers, and only root on Linux can start one"
  elif ! command -v apt-get >/dev/null || ! command -v dpkg >/dev/null; then
    echo "no engine answers, and Debian's package tools, which could get one, are missing"
  elif ! unshare --net --mount --pid --fork --mount-proc true 2>/dev/null; then
    echo "no engine answers, and this system lets nobody make namespaces for one"
  else
    return 0
  fi
  return 1
}

# engine_get DIR puts Debian's engine below DIR, beside what is installed. Debian
# 13 is the first with one that is new enough; these packages run on Debian 12,
# too. iptables and runc do not: they are those of the system.
engine_get() {
  local dir=$1 mirror apt
  mkdir -p "$dir"/{lists,cache/archives,debs,root,docker/cli-plugins}
  exec 3>"$dir/apt.log"
  if ! command -v iptables >/dev/null || ! command -v runc >/dev/null; then
    { timeout 300 apt-get update -q && timeout 300 apt-get install -q -y --no-install-recommends iptables runc; } >&3 2>&1 || return 1
  fi
  mirror=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' | awk '$1 == "Debian" && !n++ { print $2 }')
  [ -n "$mirror" ] || { echo "no mirror of Debian is configured" >&3; return 1; }
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$dir/sources.list"
  apt=(-q -o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$dir/lists"
    -o Dir::Cache="$dir/cache" -o APT::Default-Release=trixie -o APT::Sandbox::User=root)
  (
    cd "$dir/debs"
    timeout 300 apt-get "${apt[@]}" update &&
      timeout 300 apt-get "${apt[@]}" download docker.io docker-cli docker-buildx docker-compose containerd busybox-static
  ) >&3 2>&1 || return 1
  for deb in "$dir"/debs/*.deb; do dpkg -x "$deb" "$dir/root"; done
  ln -s "$dir"/root/usr/libexec/docker/cli-plugins/* "$dir/docker/cli-plugins/"
}

# engine_start DIR starts what engine_get got. It wants namespaces of its own,
# with which everything that it starts ends: containers, networks, mounts.
engine_start() {
  local dir=$1 pid
  export PATH="$dir/root/usr/sbin:$dir/root/usr/bin:$PATH" DOCKER_CONFIG="$dir/docker" DOCKER_HOST="unix://$dir/docker.sock"
  "$dir/root/usr/bin/busybox" ip link set lo up
  dockerd --data-root "$dir/data" --exec-root "$dir/exec" --host "$DOCKER_HOST" --pidfile "$dir/docker.pid" >"$dir/dockerd.log" 2>&1 &
  pid=$!
  for _ in $(seq 150); do
    if timeout 5 docker version >/dev/null 2>&1; then
      # It publishes ports of the range that it found: outgoing connections must not take them.
      echo 50000 60999 >/proc/sys/net/ipv4/ip_local_port_range
      return 0
    fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.2
  done
  tail -20 "$dir/dockerd.log"
  return 1
}
