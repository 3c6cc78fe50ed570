// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// docs/protocol/openapi.yaml and asyncapi.yaml under Spectral: its own rules and those of lint/, not one remark.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const spectral = path.join(here, '../node_modules/@stoplight/spectral-cli/dist/index.js');
if (!existsSync(spectral)) {
  console.log('SKIP: npm package @stoplight/spectral-cli is missing: run tests/npm-install.sh');
  process.exit(77);
}
for (const name of ['openapi', 'asyncapi']) {
  const description = path.join(here, '../../docs/protocol', `${name}.yaml`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [spectral, 'lint', '--fail-severity=hint',
    '--display-only-failures=false', '--ruleset', path.join(here, 'lint', `${name}.yaml`), description],
  { encoding: 'utf8', timeout: 60000 });
  console.log(`${name}: ${stdout}${stderr}`);
  if (status !== 0) process.exit(1);
}
