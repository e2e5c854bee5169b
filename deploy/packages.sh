#!/usr/bin/env bash
# Installs the Debian 12 packages that crmsync needs and that are not there yet.
#
#   deploy/packages.sh build        what compiling, the demo and running take
#   deploy/packages.sh build test   the above and what tests/run.sh takes
#
# With everything installed it asks nobody and ends at once, also without a network.
set -euo pipefail

build_packages=(
    clang-16 cmake ninja-build ccache pkg-config        # the compiler and what drives it
    libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
    libcurl4-openssl-dev libssl-dev                     # HTTP and TLS towards the provider
    libpq-dev postgresql-15 postgresql-client-15        # the database, its client and its library
    libspdlog-dev libfmt-dev libtomlplusplus-dev libcli11-dev libicu-dev libsystemd-dev libjemalloc-dev
    catch2 librapidcheck-dev                            # the simulator stands among the tests
    curl openssl ca-certificates                        # the demo talks to the simulator with curl
)
test_packages=(
    libclang-rt-16-dev llvm-16                          # sanitizers, and names in their reports
    clang-tidy-16 clang-format-16 shellcheck
    g++-12                                              # the second compiler
    git                                                 # which files changed lately
    nghttp2-proxy                                       # HTTP/2 before the simulator
)

wanted=()
for set in "${@:-build}"; do
    case $set in
    build) wanted+=("${build_packages[@]}") ;;
    test) wanted+=("${test_packages[@]}") ;;
    *)
        echo "usage: deploy/packages.sh [build] [test]" >&2
        exit 2
        ;;
    esac
done

installed() {
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || true) == installed ]]
}

# Asked in one go: every start of the demo waits for it.
found=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null || true)
missing=()
for package in "${wanted[@]}"; do
    [[ $'\n'$found$'\n' == *$'\n'"$package installed"$'\n'* ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
    exit 0
fi

as_root=()
if [[ $(id -u) != 0 ]]; then
    if ! command -v sudo >/dev/null; then
        echo "packages are missing (${missing[*]}) and there is no sudo: run this once as root" >&2
        exit 1
    fi
    as_root=(sudo)
fi
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300)

echo "== installing ${#missing[@]} packages: ${missing[*]}"
# An installation that was interrupted is finished first, else apt refuses everything.
if [[ -n $(dpkg --audit) ]]; then
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive dpkg --configure -a
fi
# One unreachable repository of the machine's own need not matter: the installation will tell.
"${apt[@]}" update || echo "== some package lists could not be read; going on with what there is"

# Debian's PostgreSQL creates and starts a cluster of its own when it is installed. The demo and the
# tests bring theirs, so for the time of the installation the package is told not to.
if ! installed postgresql-15; then
    if ! installed postgresql-common; then
        "${apt[@]}" install -y --no-install-recommends postgresql-common
    fi
    drop_in=/etc/postgresql-common/createcluster.d/crmsync-no-cluster.conf
    trap '"${as_root[@]}" rm -f "$drop_in"' EXIT
    "${as_root[@]}" mkdir -p "${drop_in%/*}"
    echo "create_main_cluster = false" | "${as_root[@]}" tee "$drop_in" >/dev/null
    answer=$(pg_conftool -bs /etc/postgresql-common/createcluster.conf show create_main_cluster || true)
    if [[ $answer != off ]]; then
        echo "postgresql-common does not read $drop_in (it says '$answer'): set" >&2
        echo "create_main_cluster = false in /etc/postgresql-common/createcluster.conf and try again" >&2
        exit 1
    fi
fi
# The proxy would start as a service of its own; only the program is wanted.
service=/etc/systemd/system/nghttpx.service
if [[ " ${missing[*]} " == *" nghttp2-proxy "* && -d ${service%/*} && ! -e $service ]]; then
    "${as_root[@]}" ln -s /dev/null "$service"
fi
"${apt[@]}" install -y --no-install-recommends "${missing[@]}"
