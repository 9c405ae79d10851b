# Sourced. need_packages KIND...: installs the Debian packages of those kinds that are missing.

need_packages() {
	local kind name missing=()
	while read -r kind name; do
		case " $* " in *" $kind "*) ;; *) continue ;; esac
		dpkg-query -W -f '${Status}\n' "$name" 2>/dev/null | grep -q 'ok installed' ||
			missing+=("$name")
	done < <(grep -v '^#' "$ROOT/packaging/debian-packages.txt")
	[ "${#missing[@]}" -eq 0 ] && return 0
	command -v apt-get >/dev/null || {
		echo "sotto: these packages are missing, and there is no apt-get here: ${missing[*]}" >&2
		return 1
	}
	local as_root=()
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || {
			echo "sotto: run as root, or install sudo, so that these can be installed: ${missing[*]}" >&2
			return 1
		}
		as_root=(sudo)
	fi
	echo "sotto: installing ${missing[*]}"
	"${as_root[@]}" apt-get update -qq
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
