import { spawn } from 'node:child_process';

/** Opens a page in a browser. False if none could be started. */
export function openBrowser(url: string, env = process.env): Promise<boolean> {
  const command = browserCommand(env);
  if (!command) return Promise.resolve(false);
  const [program = '', ...args] = command;
  return new Promise((answer) => {
    const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true, windowsHide: true });
    child.once('error', () => answer(false));
    child.once('spawn', () => {
      child.unref();
      answer(true);
    });
  });
}

function browserCommand({ BROWSER, DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME }: NodeJS.ProcessEnv) {
  if (BROWSER) return [BROWSER];
  if (process.platform === 'darwin') return ['open'];
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return DISPLAY || WAYLAND_DISPLAY || WSL_DISTRO_NAME ? ['xdg-open'] : undefined;
}
