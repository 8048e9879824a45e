/**
 * The date formats that are looked for when a filter names none. What they accept is fail2ban's; the order is the order of
 * trying. Each comes first tied to the line's start, then anywhere.
 */
export const basePatterns: readonly string[] = [
  // 2005-01-23T21:59:59.981746+01:00
  '%ExY(?P<_sep>[-/.])%m(?P=_sep)%d(?:T|  ?)%H:%M:%S(?:[.,]%f)?(?:\\s*%z)?',
  // Sun Jan 23 21:59:59.011 2005, and syslog: Jan 23 21:59:59
  '(?:%a )?%b %d %k:%M:%S(?:\\.%f)?(?: %ExY)?',
  // Sun Jan 23 2005 21:59:59.011
  '(?:%a )?%b %d %ExY %k:%M:%S(?:\\.%f)?',
  // 23/01/2005 21:59:59, 23/01/05 21:59:59
  '%d(?P<_sep>[-/])%m(?P=_sep)(?:%ExY|%Exy) %k:%M:%S',
  // 23/Jan/2005:21:59:59 +0100
  '%d(?P<_sep>[-/])%b(?P=_sep)%ExY[ :]?%H:%M:%S(?:\\.%f)?(?: %z)?',
  // 01/23/2005:21:59:59
  '%m/%d/%ExY:%H:%M:%S',
  // 01-23-2005 21:59:59.252
  '%m-%d-%ExY %k:%M:%S(?:\\.%f)?',
  // 1106513999.123
  'EPOCH',
  // 21:59:59
  '{^LN-BEG}%H:%M:%S',
  // <01/23/05@21:59:59>
  '^<%m/%d/%Exy@%H:%M:%S>',
  // 050123 21:59:59
  '%Exy%Exm%Exd  ?%H:%M:%S',
  // Jan 23, 2005 9:59:59 PM
  '%b %d, %ExY %I:%M:%S %p',
  // Jan-23-05 21:59:59
  '^%b-%d-%Exy %k:%M:%S',
  // 20050123T215959
  '%ExY%Exm%Exd(?:-|T|  ?)%ExH:?%ExM:?%ExS(?:[.,]%f)?(?:\\s*%z)?',
  // PDT Apr 16 21:05:29
  '(?:%Z )?(?:%a )?%b %d %k:%M:%S(?:\\.%f)?(?: %ExY)?',
  // +01:00 Jan 23 21:59:59 2005
  '(?:%z )?(?:%a )?%b %d %k:%M:%S(?:\\.%f)?(?: %ExY)?',
  // @4000000041f4104f00000000
  'TAI64N',
];
