import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PYTHON_MODULES } from '../../bot-sdk/modules.js';

const INSIDE =
  'collections.abc email.message email.policy email.mime.multipart email.utils html.parser http.client http.cookiejar http.cookies ' +
  'json.decoder urllib.request urllib.parse urllib.error urllib3.util requests.adapters';
const MODULES = [...PYTHON_MODULES.filter((module) => module !== '__future__'), ...INSIDE.split(' ')];

/** A bot that shows what each module has, what comes of calling and making it, and the order of sets of all of that. */
export const PYTHON_OBJECTS = `import ${MODULES.join(', ')}
MODULES = {${MODULES.map((module) => `"${module}": ${module}`).join(', ')}}
${readFileSync(join('test', 'sandbox', 'python-objects.py'), 'utf8')}`;
