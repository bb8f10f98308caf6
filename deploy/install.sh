#!/bin/sh
# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
# Installs wazi from this folder, without a network:  sh install.sh SIGNERS [TARGET]
# SIGNERS is the file with the key you trust, which did not come with this folder. Check the folder by hand before you run
# this (see README.md): a script cannot vouch for itself.
set -eu

signers=${1:?"name the file of signers: sh install.sh SIGNERS [TARGET]"}
target=${2:-/opt/wazi}
python=${PYTHON:-python3}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

# -B and -I: nothing is written into the folder, and nothing but the standard library is read.
"$python" -I -B "$here/bundle.py" check "$here" --signers "$signers"

wanted=$(cat "$here/PYTHON")
found=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
if [ "$wanted" != "$found" ]; then
    echo "this bundle is for Python $wanted, $python is $found: set PYTHON to another" >&2
    exit 2
fi
if [ -e "$target/venv" ]; then
    echo "$target/venv is there already: move it away, so that you can go back to it" >&2
    exit 2
fi

mkdir -p "$target"
"$python" -m venv "$target/venv"
"$target/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
    --find-links "$here/wheels" 'wazi[ocr,postgresql]'
cp -R "$here/models" "$here/samples" "$target/"
mkdir -p "$target/docs"
cp "$here/README.md" "$target/docs/deploy.md"
echo "wazi is in $target; try:"
echo "  WAZI_MODELS=$target/models $target/venv/bin/wazi ingest $target/samples --home DIRECTORY"
