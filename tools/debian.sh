#!/bin/sh
# Install Debian packages where that is allowed; else name what is missing. Arguments: package:command, where the command
# tells whether the package is there already (a path: whether that file is; empty: ask dpkg). Never fails: the tests say what they miss.
missing=""
for pair in "$@"; do
    package=${pair%%:*}
    command=${pair#*:}
    if [ "${command#/}" != "$command" ]; then
        [ -e "$command" ] || missing="$missing $package"
    elif [ -n "$command" ]; then
        command -v "$command" >/dev/null 2>&1 || missing="$missing $package"
    else
        dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
    fi
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "[setup] apt-get install$missing"
    # shellcheck disable=SC2086 # a list of package names
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing && exit 0
fi
echo "[setup] 缺少 / missing:$missing (Debian: sudo apt-get install$missing)"
exit 0
