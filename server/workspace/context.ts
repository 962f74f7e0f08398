/** What a notebook's file needs of the workspace around it. */
import type { FileRoom } from './contract.ts';
import type { Timing } from './due.ts';
import type { Reading } from './outside.ts';
import type { FileSteps } from './steps.ts';

export type FileContext = Reading &
  Timing & {
    readonly room: FileRoom;
    readonly steps: FileSteps;
    readonly wait: (ms: number) => Promise<void>;
    /** The file says this now: for lists and search. */
    readonly onText: (text: string, by: string | undefined) => void;
    /** A write failed and will be tried again, or something was set aside. */
    readonly report: (message: string, error?: unknown) => void;
    readonly onClose: () => void;
  };

export type FilePath = { readonly absolute: string; readonly relative: string };
