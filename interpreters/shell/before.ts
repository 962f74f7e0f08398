/**
 * What bash reads ahead of a paragraph, and where it leaves its state behind.
 *
 * A paragraph is `eval`ed, so that bash numbers its lines from 1 and says `bash: line 3: …`. Ahead of it stand the state
 * that the paragraph before left (exported variables and functions), the form values, and two traps: ERR notes the line of
 * a command that fails, EXIT writes the state, however the shell comes to its end. `trap` is shadowed by a function that
 * runs a user's own EXIT trap behind ours. Everything of ours is named `__gondola_…`, and is silent under `set -x`.
 *
 * `-e` is on: a step that failed in the middle must not pass for one that worked. `pipefail` is off: `… | head` closes
 * the pipe under its producer, which is no failure in a notebook.
 */

import type { FormInput, FormInputs } from '../forms.ts';

/** Files in the shell's own folder. */
export const FILES = { before: 'before', given: 'given', cwd: 'cwd', state: 'state', failed: 'failed' } as const;

/** Runs the file of its first argument, and then the paragraph which that one put into a variable. */
export const COMMAND = 'builtin source "$1"; builtin eval "$__gondola_text"';

/** A word that bash takes as it is. NUL can't be in one. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Names that belong to bash, to the loader or to the notebook: a form of such a name would change what runs. */
const RESERVED =
  /^(PATH|HOME|PWD|OLDPWD|IFS|ENV|SHELL|SHELLOPTS|BASH.*|LD_.*|PS[0-4]|PROMPT_COMMAND|CDPATH|GLOBIGNORE|EXECIGNORE|FUNCNEST|HISTFILE|INPUTRC|POSIXLY_CORRECT|OPT(ARG|IND|ERR)|RANDOM|SECONDS|LINENO|UID|EUID|PPID|GROUPS|DIRSTACK|_|__gondola.*)$/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export type Variables = {
  readonly variables: readonly (readonly [name: string, value: string])[];
  /** Forms that no environment variable can carry, and why. */
  readonly refused: readonly string[];
};

/**
 * Form values as environment variables: numbers, days and booleans as they are printed, a list one entry a line, a range as
 * its two ends, nothing as empty. Names in capitals alone, `http_proxy`, `npm_config_…` and their kin belong to programs that read them.
 */
export function formVariables(forms: FormInputs): Variables {
  const variables: [string, string][] = [];
  const refused: string[] = [];
  for (const [form, input] of Object.entries(forms)) {
    for (const [name, text] of textsOf(form, input)) {
      if (!NAME.test(name)) refused.push(`The form “${name}” is no name of an environment variable.`);
      else if (RESERVED.test(name) || !/[a-z]/.test(name) || /_proxy$|^npm_config_/.test(name))
        refused.push(`The form “${name}” has a name that bash or other programs use themselves.`);
      else if (text.includes('\0')) refused.push(`The value of the form “${name}” holds a NUL character.`);
      else variables.push([name, text]);
    }
  }
  return { variables, refused };
}

function textsOf(name: string, input: FormInput): readonly (readonly [string, string])[] {
  switch (input.type) {
    case 'date-range':
      return [
        [`${name}_from`, input.value.from ?? ''],
        [`${name}_to`, input.value.to ?? ''],
      ];
    case 'multi-select':
      return [[name, input.value.join('\n')]];
    default:
      return [[name, input.value === null ? '' : String(input.value)]];
  }
}

export type Before = {
  /** The shell's own folder. */
  readonly folder: string;
  readonly source: string;
  readonly cwd: string;
  readonly forms: Variables['variables'];
  /** Names of forms that an earlier paragraph had. */
  readonly formerForms: Iterable<string>;
  /** Set anew over what the state says. */
  readonly own: Readonly<Record<string, string>>;
};

export function beforeText(before: Before): string {
  const at = (name: keyof typeof FILES): string => quoted(`${before.folder}/${FILES[name]}`);
  // Without what an earlier paragraph made of a form's name: bash runs the value of an integer as code.
  const anew = new Set([...before.formerForms, ...before.forms.map(([name]) => name)]);
  const exports = [...Object.entries(before.own), ...before.forms];
  return [
    // The state has a file of its own, so that what can't be read in it (a pattern of some option in a function) spoils
    // nothing else; and a variable that was made read-only can't be set again. Neither is an error of this paragraph.
    '{',
    'builtin shopt -s extglob',
    `builtin source ${at('given')}`,
    'builtin shopt -u extglob',
    ...(anew.size > 0 ? [`builtin unset -v ${[...anew].join(' ')}`] : []),
    ...exports.map(([name, value]) => `builtin export ${name}=${quoted(value)}`),
    `PWD=${quoted(before.cwd)}`,
    '} 2>/dev/null',
    FUNCTIONS.replaceAll('CWD_FILE', at('cwd'))
      .replaceAll('STATE_FILE', at('state'))
      .replaceAll('FAILED_FILE', at('failed')),
    `__gondola_text=${quoted(before.source)}`,
    'builtin set --',
    'builtin set -eE',
    '',
  ].join('\n');
}

/**
 * Works in bash 3.2 (macOS) as well: no BASHPID there. A subshell inherits the functions, but not the EXIT trap; its own
 * traps are left to bash. The line of a failing command is that of the paragraph: frames in sourced files are passed over.
 */
const FUNCTIONS = `
__gondola_failed() {
  builtin local "status=$1" "line=$2" frame
  for ((frame = 1; frame < \${#BASH_SOURCE[@]}; frame++)); do
    case \${BASH_SOURCE[frame]} in
      ''|environment|main) builtin break ;;
      *) line=\${BASH_LINENO[frame]} ;;
    esac
  done
  __gondola_failure="$status $line $3"
}
__gondola_leave() {
  builtin set -- "$?" "$-"
  [[ \${BASHPID:-$$} == "$$" ]] || builtin return "$1"
  builtin set +eux
  builtin trap - ERR
  builtin printf '%s' "$PWD" >| CWD_FILE
  { builtin declare -px; builtin declare -xf; } >| STATE_FILE
  [[ $2 != *e* ]] || builtin printf '%s' "\${__gondola_failure-}" >| FAILED_FILE
  [[ $2 != *u* ]] || builtin set -u
  [[ $2 != *x* ]] || builtin set -x
  builtin return "$1"
}
__gondola_exit() {
  __gondola_action=$1
  builtin trap -- "{ __gondola_leave; } 2>/dev/null
$1" EXIT
}
trap() {
  if [[ \${BASHPID:-$$} != "$$" ]]; then
    builtin trap "$@"
    builtin return
  fi
  [[ \${1-} != -- ]] || builtin shift
  case $#:\${1-} in
    0:*|*:-[lp]*)
      [[ -n $__gondola_err ]] || builtin trap - ERR
      if [[ -n $__gondola_action ]]; then builtin trap -- "$__gondola_action" EXIT; else builtin trap - EXIT; fi
      builtin local status=0
      builtin trap "$@" || status=$?
      [[ -n $__gondola_err ]] || builtin trap -- "$__gondola_watch" ERR
      __gondola_exit "$__gondola_action"
      builtin return "$status" ;;
    1:*|*:[0-9]*) builtin set -- - "$@" ;;
  esac
  builtin local "action=$1" signal status=0
  builtin shift
  for signal in "$@"; do
    case $signal in
      0|EXIT|exit|SIGEXIT|sigexit)
        case $action in -) __gondola_exit '' ;; *) __gondola_exit "$action" ;; esac ;;
      ERR|err)
        if [[ $action == - ]]; then __gondola_err=; builtin trap -- "$__gondola_watch" ERR
        else __gondola_err=1; builtin trap -- "$action" ERR; fi ;;
      *) builtin trap -- "$action" "$signal" || status=$? ;;
    esac
  done
  builtin return "$status"
}
__gondola_err= __gondola_failure=
__gondola_watch='{ __gondola_failed "$?" "$LINENO" "$BASH_COMMAND"; } 2>/dev/null'
__gondola_exit ''
builtin trap -- "$__gondola_watch" ERR`;
