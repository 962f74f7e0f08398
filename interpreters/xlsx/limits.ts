/**
 * What reading a spreadsheet may take, with the reason for each number. A file of a few megabytes can unfold to terabytes, so
 * everything that grows with its content is counted while it is read, and never believed from its head.
 */
const MB = 2 ** 20;

/** Sheets, styles, pictures, comments: real workbooks have hundreds. */
export const MAX_ENTRIES = 20_000;
/** Of the parts that are held whole: lists of sheets, relations, styles. Real ones have kilobytes, rarely a megabyte. */
export const MAX_PART_BYTES = 64 * MB;
/** Unfolded XML of one sheet or of the shared texts: a full sheet of a million rows and thirty columns. */
export const MAX_STREAM_BYTES = 4096 * MB;
/** Sheets pack 5 to 40 times, endless repeats a thousand times. */
export const MAX_RATIO = 300;
/** Below this much unfolded XML any ratio is fine. */
export const RATIO_FROM = 128 * MB;
/** Texts are held in memory while a sheet is read; a spreadsheet program takes no more of them either. */
export const MAX_SHARED_CHARACTERS = 128 * MB;
export const MAX_SHARED_TEXTS = 4_000_000;
/** Of one number format: a spreadsheet program takes 255. Longer ones are no date's. */
export const MAX_FORMAT_CHARACTERS = 1000;
/** Names of all sheets, and of all columns: both travel in one message. Ten thousand long ones. */
export const MAX_NAMES_CHARACTERS = MB;
/** The format’s own: 32,767; other programs write longer ones. */
export const MAX_CELL_CHARACTERS = MB;
/** The format’s own. */
export const MAX_ROWS = 2 ** 20;
export const MAX_COLUMNS = 2 ** 14;
export const MAX_CELLS = 100_000_000;
/** Of the table as text, on its way to the engine. */
export const MAX_TEXT_BYTES = 8192 * MB;
/** Elements within elements: real ones have ten. */
export const MAX_DEPTH = 100;
/** One tag with its attributes, or one comment: real ones have some hundred. */
export const MAX_TAG_CHARACTERS = 4 * MB;
