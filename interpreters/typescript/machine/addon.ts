/**
 * isolated-vm. It is prebuilt for each platform and each interface of Node's, and its own search for the right file takes
 * 5 ms of a cold start: where that lies as it does on most machines, it is loaded from there.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type IsolatedVM from 'isolated-vm';

export function loadAddon(): typeof IsolatedVM {
  const load = createRequire(import.meta.url);
  return prebuilt(dirname(load.resolve('isolated-vm'))) ?? load('isolated-vm');
}

/** Undefined where there is none, or none that this system's C library can load. */
export function prebuilt(folder: string): typeof IsolatedVM | undefined {
  const { platform, arch, versions } = process;
  const libc = platform === 'linux' ? '.glibc' : '';
  const file = `isolated-vm.abi${versions.modules}${libc}.node`;
  const module: { readonly exports: { readonly ivm?: typeof IsolatedVM } } = { exports: {} };
  try {
    process.dlopen(module, join(folder, 'prebuilds', `${platform}-${arch}`, file));
  } catch {
    return undefined;
  }
  return module.exports.ivm;
}
