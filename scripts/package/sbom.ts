// What is in the agent, as a list that other programs read: CycloneDX 1.6 (cyclonedx.org/docs/1.6/json), with what the bundle
// really took, not with all that is installed.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Job } from './job.ts';
import type { Part } from './licences.ts';
import { type Target, targets } from './targets.ts';

type Product = {
  /** "fettle-agent" */
  readonly name: string;
  readonly version: string;
  readonly epochS: number;
  readonly parts: readonly Part[];
  /** Whose Node it carries. */
  readonly targets: readonly Target[];
};

export const agentSbom: Job = {
  name: 'sbom',
  target: undefined,
  needs: [],
  make: ({ out, version, epochS, bundle }) => {
    const file = join(out, `fettle-agent-${version}.cdx.json`);
    const product = { name: 'fettle-agent', version, epochS, parts: bundle.parts, targets };
    writeFileSync(file, `${JSON.stringify(sbomOf(product), undefined, 2)}\n`);
    return Promise.resolve(file);
  },
};

export const sbomOf = ({ name, version, epochS, parts, targets: shipped }: Product) => {
  const components = [...parts.map(componentOf), ...shipped.map(nodeComponent)];
  const refs = components.map((component) => component['bom-ref']);
  const root = `pkg:generic/${name}@${version}`;
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify([root, components]))}`,
    version: 1,
    metadata: {
      timestamp: new Date(epochS * 1000).toISOString(),
      component: { type: 'application', 'bom-ref': root, name, version, purl: root, licenses: [licence('Apache-2.0')] },
    },
    components,
    dependencies: [{ ref: root, dependsOn: refs }, ...refs.map((ref) => ({ ref }))],
  };
};

const componentOf = ({ name, version, license }: Part) => {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return { type: 'library', 'bom-ref': purl, name, version, purl, licenses: [licence(license)] };
};

const nodeComponent = ({ node, nodeSha256, platform }: Target) => {
  const purl = `pkg:npm/${node.name}@${node.version}`;
  return {
    type: 'platform',
    'bom-ref': purl,
    name: node.name,
    version: node.version,
    description: `Node.js for ${platform}: the hash is that of ${node.bin} as it comes`,
    purl,
    licenses: [licence('MIT')],
    hashes: [{ alg: 'SHA-256', content: nodeSha256 }],
  };
};

/** "MIT" is an id, "(MIT OR Apache-2.0)" an expression. */
const licence = (text: string) => (/^[\w.+-]+$/.test(text) ? { license: { id: text } } : { expression: text });

/** Of version 8 (RFC 9562, 5.8): the same content has the same. */
const uuidOf = (content: string): string => {
  const digits = createHash('sha256').update(content).digest('hex');
  const variant = '89ab'[Number.parseInt(digits[16] ?? '0', 16) % 4];
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
};
