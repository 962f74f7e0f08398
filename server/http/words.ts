/** Words of the pages that are shown before a sign-in, when nothing of the page is loaded yet. */
export type PageWords = typeof en;

const en = {
  lang: 'en',
  signIn: 'Sign in',
  name: 'Name',
  password: 'Password',
  token: 'Address or token',
  /** HTML: holds code. */
  openAddress:
    'Open the address that <code>gondola serve</code> printed, or paste it here. The token is also in <code>.gondola/token</code> of the workspace.',
  asOwner: 'With the printed address',
  wrongToken: 'That is not the token of this workspace. It may have been changed since.',
  wrongPassword: 'That name and password do not go together.',
  wait: (seconds: number) =>
    seconds > 90
      ? `Too many attempts. Try again in ${Math.ceil(seconds / 60)} minutes.`
      : 'Too many attempts. Try again in a moment.',
  continueWith: (label: string) => `Continue with ${label}`,
  providerAway: (label: string) =>
    `${label} does not answer at the moment. Try again in a minute, or sign in another way.`,
  providerWrong: (label: string) =>
    `Signing in with ${label} did not work, or took longer than ten minutes. Try again from here.`,
  notLetIn: 'You are known, and have no access here. Ask whoever runs this server.',
  unwritten: 'Your sign-in could not be written down, as this server can’t write at the moment. Ask whoever runs it.',
  linkTitle: 'This link wants a password',
  openLink: 'Open',
  wrongLinkPassword: 'That is not the password of this link.',
  noLink: 'This link opens nothing',
  noLinkWhy: 'It may have ended or been withdrawn. Ask whoever gave it to you for another.',
  /** Of a frame; they stand in attributes, and hold no quotation mark or &. */
  embed: {
    open: 'Open in Gondola',
    gone: 'This is not shown any more.',
    away: 'No connection: this may be old.',
    notRun: 'Not run yet',
    failed: 'This could not be shown.',
    ignored: 'What its address asks for is not used here: these are the notebook’s own values.',
    running: 'Running with the values of the address…',
    refused: 'These are the notebook’s own values. Those of the address could not be used',
    over: 'These are the notebook’s own values again: load the page anew for those of the address.',
  },
  joinTitle: 'Make your account',
  joinText: 'You are invited. Choose the name and the password that you will sign in with.',
  join: 'Make the account',
  newPassword: 'Password',
  leastPassword: (least: number) => `${least} characters or more.`,
  nameTaken: 'Somebody here has that name. Choose another.',
  noName: 'That is no name: 1 to 80 characters, without control characters.',
  passwordLength: (least: number, most: number) => `A password has ${least} to ${most} characters.`,
  notWritten: 'The account could not be written. Try again, or ask whoever invited you.',
  noInvitation: 'This invitation opens nothing',
  noInvitationWhy:
    'It may have ended, been used up or been withdrawn. Ask whoever gave it to you for another. If you have made an account by it, sign in.',
  unreadable:
    'The accounts of this workspace cannot be read. The owner can sign in with the printed address; its log says more.',
};

const ko: PageWords = {
  lang: 'ko',
  signIn: '로그인',
  name: '이름',
  password: '비밀번호',
  token: '주소 또는 토큰',
  openAddress:
    '<code>gondola serve</code>가 출력한 주소를 열거나 여기에 붙여 넣으세요. 토큰은 작업 공간의 <code>.gondola/token</code>에도 있습니다.',
  asOwner: '출력된 주소로 로그인',
  wrongToken: '이 작업 공간의 토큰이 아닙니다. 그 사이에 바뀌었을 수 있습니다.',
  wrongPassword: '이름과 비밀번호가 맞지 않습니다.',
  wait: (seconds) =>
    seconds > 90
      ? `시도가 너무 많습니다. ${Math.ceil(seconds / 60)}분 뒤에 다시 시도하세요.`
      : '시도가 너무 많습니다. 잠시 뒤에 다시 시도하세요.',
  continueWith: (label) => `${label} 계정으로 계속`,
  providerAway: (label) => `지금은 ${label}에서 응답이 없습니다. 잠시 뒤에 다시 시도하거나 다른 방법으로 로그인하세요.`,
  providerWrong: (label) => `${label} 로그인이 되지 않았거나 10분이 지났습니다. 여기에서 다시 시도하세요.`,
  notLetIn: '확인은 되었지만 이곳을 이용할 권한이 없습니다. 서버 관리자에게 문의하세요.',
  unwritten: '지금 서버가 기록을 남길 수 없어 로그인하지 못했습니다. 서버 관리자에게 문의하세요.',
  linkTitle: '이 링크에는 비밀번호가 필요합니다',
  openLink: '열기',
  wrongLinkPassword: '이 링크의 비밀번호가 아닙니다.',
  noLink: '이 링크로는 아무것도 열리지 않습니다',
  noLinkWhy: '기간이 끝났거나 취소되었을 수 있습니다. 링크를 준 사람에게 새 링크를 부탁하세요.',
  embed: {
    open: 'Gondola에서 열기',
    gone: '더 이상 표시되지 않습니다.',
    away: '연결이 끊겼습니다. 오래된 내용일 수 있습니다.',
    notRun: '아직 실행되지 않았습니다',
    failed: '표시할 수 없습니다.',
    ignored: '주소에 적힌 값은 여기에서 쓰이지 않습니다. 노트북 자체의 값으로 표시합니다.',
    running: '주소에 적힌 값으로 실행하는 중입니다…',
    refused: '노트북 자체의 값으로 표시합니다. 주소에 적힌 값을 쓸 수 없습니다',
    over: '다시 노트북 자체의 값으로 표시합니다. 주소에 적힌 값으로 보려면 페이지를 새로 고치세요.',
  },
  joinTitle: '계정 만들기',
  joinText: '초대를 받으셨습니다. 로그인할 때 쓸 이름과 비밀번호를 정하세요.',
  join: '계정 만들기',
  newPassword: '비밀번호',
  leastPassword: (least) => `${least}자 이상.`,
  nameTaken: '이미 쓰이고 있는 이름입니다. 다른 이름을 고르세요.',
  noName: '이름으로 쓸 수 없습니다. 제어 문자 없이 1~80자여야 합니다.',
  passwordLength: (least, most) => `비밀번호는 ${least}~${most}자여야 합니다.`,
  notWritten: '계정을 저장하지 못했습니다. 다시 시도하거나 초대한 사람에게 문의하세요.',
  noInvitation: '이 초대로는 아무것도 열리지 않습니다',
  noInvitationWhy:
    '기간이 끝났거나, 모두 쓰였거나, 취소되었을 수 있습니다. 초대한 사람에게 새 초대를 부탁하세요. 이미 이 초대로 계정을 만들었다면 로그인하세요.',
  unreadable:
    '이 작업 공간의 계정을 읽을 수 없습니다. 소유자는 출력된 주소로 로그인할 수 있으며, 자세한 내용은 로그에 있습니다.',
};

/** The first language of the header that there is; a weight is not looked at. */
export function wordsFor(acceptLanguage: string | undefined): PageWords {
  for (const part of (acceptLanguage ?? '').split(',').slice(0, 20)) {
    const language = part.split(';', 1)[0]?.trim().toLowerCase().split('-', 1)[0];
    if (language === 'ko') return ko;
    if (language === 'en') return en;
  }
  return en;
}
