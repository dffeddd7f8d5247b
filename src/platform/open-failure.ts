import { ConfigError } from './config.js';

/** What went wrong with a file, as a sentence for the operator; what is no matter of files stays what it was. */
export function openFailure(file: string, error: unknown): unknown {
  const { code } = error as { code?: unknown };
  if (error instanceof ConfigError || typeof code !== 'string') return error;
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) {
    return new ConfigError(`${file} is no SQLite database, or a broken one: restore it, or name another DATABASE_URL.`);
  }
  if (OF_FILES.test(code)) {
    return new ConfigError(
      `${file} cannot be opened for writing (${code}): set DATA_DIR or DATABASE_URL to a path that can.`,
    );
  }
  return error;
}

const OF_FILES =
  /^(SQLITE_(CANTOPEN|READONLY|PERM|IOERR|FULL).*|EACCES|EPERM|ENOENT|ENOTDIR|EISDIR|EEXIST|EROFS|ENOSPC|ELOOP|ENAMETOOLONG)$/;
