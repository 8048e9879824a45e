import { fileURLToPath } from 'node:url';

/** The bundled sample of an attacked gateway; `tools/gateway-sample.mjs` writes it. */
export const sampleFile = fileURLToPath(new URL('../../sample/gateway.log', import.meta.url));
