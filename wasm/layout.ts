/**
 * Where everything lies in the scanner's memory; both sides read this one file.
 *
 *     0 ........ static data of the compiled module
 *     INPUT_AT   | the unfinished frame of before | the chunk just read | slack |
 *                                                 ^ READ_AT
 *     RESULT_AT  what one call of `scan` has to say
 *     TOUCHED_AT channels with something to say          (u32 each)
 *     MISS_AT    keys that no table knows yet            (MISS_SIZE each)
 *     STAGE_AT   keys and values of the frame being read (STAGE_SIZE each)
 *     HEAP_AT    links, channels, programs, tables
 *
 * Offsets and sizes are in bytes; numbers are little-endian, 32 bits unless said otherwise.
 */

/** An unfinished frame longer than this goes to `ws`. */
export const CARRY_BYTES = 0x40000;
export const READ_BYTES = 0x40000;
export const INPUT_AT = 0x10000;
export const READ_AT = INPUT_AT + CARRY_BYTES;
/**
 * What is behind the last byte is read as well, and means nothing: up to the end of a block, or as far as a shape goes
 * before it sees that the message is shorter.
 */
export const SLACK_BYTES = 0x1000;
export const RESULT_AT = READ_AT + READ_BYTES + SLACK_BYTES;

/** Number of channels in the list of touched ones; number of keys in the list of misses. */
export const RESULT_TOUCHED = 0;
export const RESULT_MISSES = 4;
/** Why `scan` stopped; one of the STOP values. */
export const RESULT_STOP = 8;

/** The rest is no whole frame. */
export const STOP_UNFINISHED = 0;
/** The next frame is for `ws`. */
export const STOP_STRANGE = 1;
/** A list is full: take what it has to say, and call again. */
export const STOP_FULL = 2;

export const TOUCHED_AT = RESULT_AT + 0x100;
export const TOUCHED_MAX = 4_096;
export const MISS_AT = TOUCHED_AT + TOUCHED_MAX * 4;
export const MISS_MAX = 16_384;
/** channel, token at, token length, -, value (f64) */
export const MISS_SIZE = 24;
export const STAGE_AT = MISS_AT + MISS_MAX * MISS_SIZE;
export const STAGE_MAX = MISS_MAX;
/** See `stage.ts`; one more of them is open. */
export const STAGE_SIZE = 24;
export const HEAP_AT = STAGE_AT + (STAGE_MAX + 1) * STAGE_SIZE;
/** Only touched pages are ever resident. */
export const MEMORY_PAGES = 1_024;
/** A little less than all: eight bytes are read where fewer are meant. */
export const HEAP_END = MEMORY_PAGES * 0x10000 - 64;

/** A link: what is known of one connection. */
export const LINK_ENVELOPE = 0;
/** Whether a frame that is not UTF-8 is for `ws`. */
export const LINK_UTF8 = 4;
/** A longer payload is for `ws`. */
export const LINK_BYTES_MAX = 8;
/** The channel of the last frame, which is most likely the one of the next. */
export const LINK_CHANNEL = 12;
/** A program that finds whose a frame is, and looks for nothing else. */
export const LINK_PROGRAM = 16;
/** Chains of channels by the hash of their subscription id. */
export const LINK_CHAINS = 20;
export const LINK_CHAIN_COUNT = 64;
/** What its frames have in common; see `template.ts`. */
export const LINK_PARTS = LINK_CHAINS + LINK_CHAIN_COUNT * 4;
/** A length, then so many bytes. */
export const PART_BYTES_MAX = 124;
export const PART_SIZE = 128;
/** What stands between its parts, in order. */
export const LINK_HOLES = LINK_PARTS + PART_SIZE * 4;
export const LINK_SIZE = LINK_HOLES + 12;

/** A frame is one message, whatever it holds. */
export const ENVELOPE_OPAQUE = 0;
/** A frame is one JSON value. */
export const ENVELOPE_JSON = 1;
/** A frame is a PDU of Satori RTM. */
export const ENVELOPE_SATORI = 2;

/** A channel: where its messages are in a frame, and what was counted since it was last asked. */
export const CHANNEL_PROGRAM = 0;
export const CHANNEL_COUNT = 4;
export const CHANNEL_POSITION_AT = 8;
export const CHANNEL_POSITION_LENGTH = 12;
/** Its table of keys; 0 for none. */
export const CHANNEL_TABLE = 16;
export const CHANNEL_NEXT = 20;
export const CHANNEL_ID_AT = 24;
export const CHANNEL_ID_LENGTH = 28;
/** Two f64, see `scanner/sum.ts` */
export const CHANNEL_SUM = 32;
export const CHANNEL_TOUCHED = 48;
export const CHANNEL_SIZE = 56;

/** A program: the paths to look for; 0 for none. */
export const PROGRAM_LIST = 0;
export const PROGRAM_KEY = 4;
export const PROGRAM_VALUE = 8;
/** Conditions that a frame must meet, one after the other, and how many. */
export const PROGRAM_GUARDS = 12;
export const PROGRAM_GUARD_COUNT = 16;
/** How its messages have looked so far; 0 where that is no help. */
export const PROGRAM_SHAPES = 20;
export const PROGRAM_SIZE = 24;

/** A guard: a path, and the texts one of which must be at its end: their number, then address and length of each. */
export const GUARD_PATH = 0;
export const GUARD_COUNT = 4;
export const GUARD_TOKENS = 8;
export const GUARD_TOKENS_MAX = 8;
export const GUARD_SIZE = GUARD_TOKENS + GUARD_TOKENS_MAX * 8;
export const GUARDS_MAX = 4;

/** Shapes of messages: the index of the one that fitted last, of the one to be replaced next, and then the shapes. */
export const SHAPES_LAST = 0;
export const SHAPES_NEXT = 4;
/** Frames for which none is tried, and what trying has cost so far beyond what it saved; see `alike.ts`. */
export const SHAPES_REST = 8;
export const SHAPES_DEBT = 12;
export const SHAPES_AT = 16;
export const SHAPES_MAX = 8;
/** A shape: one of the STATE values, whether a byte in it is not ASCII, and then its pieces. */
export const SHAPE_STATE = 0;
export const SHAPE_HIGH = 4;
export const SHAPE_PIECES = 8;
export const STATE_EMPTY = 0;
/** Learned, or spared; then fitted since. */
export const STATE_IDLE = 1;
export const STATE_USED = 2;
/**
 * A piece: up to 16 bytes, a mask with a bit for each (u16), their number (u8), what comes behind them (u8), and the
 * length of that when it was last there.
 */
export const PIECE_BYTES = 0;
export const PIECE_MASK = 16;
export const PIECE_LENGTH = 18;
export const PIECE_HOLE = 19;
export const PIECE_FILLING = 20;
export const PIECE_SIZE = 24;
export const PIECES_MAX = 42;
export const SHAPE_SIZE = SHAPE_PIECES + PIECES_MAX * PIECE_SIZE;
export const SHAPES_SIZE = SHAPES_AT + SHAPES_MAX * SHAPE_SIZE;
/**
 * What comes behind a piece: nothing, the inside of a text, or a number or word; with one of these, whether that is the
 * key, and whether it is the value. Or no hole: the end, or a key that may not differ and is the last bytes before.
 */
export const HOLE_NONE = 0;
export const HOLE_TEXT = 1;
export const HOLE_PLAIN = 2;
export const HOLE_KEY = 4;
export const HOLE_VALUE = 8;
export const HOLE_END = 16;
export const HOLE_FIXED_KEY = 32;

/** A path: the number of its steps, then the steps. */
export const PATH_COUNT = 0;
export const PATH_STEPS = 8;
export const PATH_STEPS_MAX = 8;
/** A step: the name with its quotes, and its last 8 bytes (u64) with the mask of those that count (u64). */
export const STEP_AT = 0;
export const STEP_LENGTH = 4;
export const STEP_TAIL = 8;
export const STEP_MASK = 16;
export const STEP_SIZE = 24;

/** A table: from the bytes of a key, as they stand in the frame, to the slot of its series. */
export const TABLE_MASK = 0;
export const TABLE_USED = 4;
export const TABLE_ENTRIES = 8;
export const TABLE_BYTES = 12;
export const TABLE_BYTES_END = 16;
/** By slot: messages since last asked (u32), and what they add up to (two f64). */
export const TABLE_COUNTS = 20;
export const TABLE_SUMS = 24;
/** The slots with messages since last asked, and their number. */
export const TABLE_TOUCHED = 28;
export const TABLE_TOUCHED_COUNT = 32;
export const TABLE_SIZE = 40;
/** hash, token at, token length, slot + 1 */
export const ENTRY_SIZE = 16;
/** A frame with a longer key is for `ws`. */
export const TOKEN_BYTES_MAX = 256;
/** A longer position or subscription id is for `ws`. */
export const NAME_BYTES_MAX = 128;
