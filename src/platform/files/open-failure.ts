import { ConfigError } from '../config/config.js';

/** Converts an error of the file system to one with a sentence for the operator; returns other errors unchanged. */
export function openFailure(file: string, error: unknown): unknown {
  const { code } = error as { code?: unknown };
  if (error instanceof ConfigError || typeof code !== 'string') return error;
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) {
    return new ConfigError(`${file} is not a SQLite database or is damaged: restore it, or set another DATABASE_URL.`);
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
