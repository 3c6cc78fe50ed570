#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The GstCall Authors
"""embed-descriptions.py OUTPUT.c NAME=FILE.yaml...: each file as JSON in a `const Description description_NAME`."""
import hashlib
import json
import sys

import yaml


class Loader(yaml.SafeLoader):
    """As YAML 1.2 has it, where a date is text: JSON has no dates."""


Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != 'tag:yaml.org,2002:timestamp']
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def literal(text):
    """C string literals, one a line. An escape is not cut in two: `\\` and `"` never end the text, which is JSON."""
    quoted, lines = text.replace('\\', '\\\\').replace('"', '\\"'), []
    while quoted:
        end = min(100, len(quoted))
        while quoted[end - 1] == '\\':
            end += 1
        lines.append(f'  "{quoted[:end]}"')
        quoted = quoted[end:]
    return '\n'.join(lines)


def describe(name, path):
    with open(path, encoding='utf-8') as file:
        text = json.dumps(yaml.load(file, Loader), ensure_ascii=True, separators=(',', ':'))
    etag = hashlib.sha256(text.encode()).hexdigest()[:32]
    return f'const Description description_{name} = {{"\\"{etag}\\"", {len(text)},\n{literal(text)}}};\n'


def main():
    output, *sources = sys.argv[1:]
    text = '\n'.join(describe(*source.split('=', 1)) for source in sources)
    with open(output, 'w', encoding='utf-8') as file:
        file.write('/* Made by embed-descriptions.py. */\n#include "tools/call-server/descriptions.h"\n\n' + text)


main()
