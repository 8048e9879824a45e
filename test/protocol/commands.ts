/** Commands of fail2ban's client, in an order in which they may be sent. What stands in `TREE` is the server's own directory. */
export const commands: readonly string[] = `
ping
ping 5 6
status
status one
status two
status one short
status one bogus
status one short extra
status ""
status nojail
get
set
get x
set x
get one
set one
get one bogus
set one bogus
set one bogus v
get nojail
get ignoreip
set addignoreip 203.0.113.5
echo a b
echo
sleep 0
sleep x
sleep
flushlogs
flushlogs x
banned
banned 192.0.2.4
banned 192.0.2.4 x
unban
unban 192.0.2.4
unban 192.0.2.4 x
unban --all
set one banip 192.0.2.4
set one banip 192.0.2.4
set one banip 192.0.2.5 192.0.2.6
set one banip 10.0.0.0/24
set one banip text
set one banip 2001:DB8::0:1
set one banip ::ffff:7.7.7.7
set one banip
set two banip 192.0.2.4 192.0.2.4
get one banip
get one banip ,
get one banned
get one banned 192.0.2.4
get one banned 192.0.2.4 9.9.9.9
get one banned x
status one
status two short
banned
banned 192.0.2.4
banned 192.0.2.4 192.0.2.5 4.4.4.4
set one unbanip 9.9.9.9
set one unbanip --report-absent 9.9.9.9
set one unbanip --report-absent 9.9.9.9 8.8.8.8
set one unbanip --report-absent 192.0.2.4 8.8.8.8
set one unbanip 192.0.2.5
set one unbanip
set one unbanip --report-absent
set one unbanip 10.0.0.0/8
unban 2001:db8::/32
get one banned
unban 192.0.2.6 192.0.2.4
unban --all x
unban --all
banned
status one
set one attempt 203.0.113.5
set one attempt 203.0.113.5 line1
status one
set one attempt
get one ignoreself
set one ignoreself false
set one ignoreself yes
set one ignoreself bogus
set one ignoreself
get one ignoreip
set one addignoreip 192.0.2.1
set one addignoreip 10.0.0.0/8 host.example 192.0.2.3
set one addignoreip 10.1.2.3/8
set one addignoreip 192.0.2.1
set one addignoreip
get one ignoreip
set one delignoreip 10.0.0.0/8
set one delignoreip 192.0.2.1
set one delignoreip 77.7.7.7
set one delignoreip host.example
set one delignoreip
set one addignoreip ::ffff:192.0.2.4 2001:DB8::1 2001:db8::/32
set two addignoreip 192.0.2.0/255.255.255.0
get one ignorecommand
set one ignorecommand "true <ip>"
set one ignorecommand a b
set one ignorecommand ""
get one ignorecommand
set one ignorecommand
get one ignorecache
set one ignorecache "key='<ip>', max-count=10, max-time=5m"
get one ignorecache
set one ignorecache "max-count=10"
set one ignorecache "bogus"
set one ignorecache "key='<fid>', max-count=x"
set one ignorecache ""
set one ignorecache
get one logpath
get two logpath
set one addlogpath TREE/spare.log
set one addlogpath TREE/spare.log tail
set one addlogpath TREE/two.log bogus
set one addlogpath TREE/missing.log
set one addlogpath TREE/filter.d
set one addlogpath TREE/two*
set one addlogpath
set one addlogpath relative
set one dellogpath TREE/spare.log
set one dellogpath /nonexistent
set one dellogpath
get one logpath
get one logencoding
set one logencoding latin1
set one logencoding utf8
set one logencoding UTF-8
set one logencoding auto
set one logencoding bogus
set one logencoding
get one journalmatch
set one addjournalmatch _COMM=x
set one deljournalmatch _COMM=x
set one addjournalmatch
get one prefregex
set one prefregex "^a <F-CONTENT>.*</F-CONTENT>$"
get one prefregex
set one prefregex ""
set one prefregex "("
set one prefregex
get one failregex
set one addfailregex "^new <HOST>$"
set one addfailregex "^new"
set one addfailregex "^new ( <HOST>"
set one addfailregex "^a <ADDR> b" "x <HOST>"
set one addfailregex ""
set one addfailregex
set one delfailregex 0
set one delfailregex 99
set one delfailregex -1
set one delfailregex x
set one delfailregex
get one ignoreregex
set one addignoreregex "text"
set one addignoreregex "(("
set one addignoreregex "x <HOST>"
set one addignoreregex ""
set one delignoreregex 0
set one delignoreregex 7
set one delignoreregex 0
get one ignoreregex
get two failregex
get bare failregex
get bare ignoreregex
multi-set one addfailregex "["
multi-set one
multi-set
multi-set one bogus x
get one datepattern
set one datepattern "%Y-%m-%d"
get one datepattern
set one datepattern "{^LN-BEG}%Y"
set one datepattern EPOCH
set one datepattern "{NONE}"
set one datepattern "bogus"
set one datepattern "%d/%b/%Y:%H:%M:%S"
set one datepattern ""
set one datepattern
get one logtimezone
set one logtimezone UTC
set one logtimezone UTC+0200
set one logtimezone Europe/Berlin
set one logtimezone CET
set one logtimezone bogus
set one logtimezone ""
get one logtimezone
get one usedns
set one usedns yes
set one usedns no
set one usedns raw
set one usedns bogus
set one usedns True
set one usedns warn
set one usedns
get one findtime
set one findtime 5m
set one findtime 10
set one findtime 1.5
set one findtime "1h 5m"
set one findtime 1y
set one findtime 1mo
set one findtime 6/2
set one findtime 7//2
set one findtime "5 5"
set one findtime "1h # hour"
set one findtime bogus
set one findtime -5
set one findtime
get one findtime
set one findtime 1h
get one bantime
set one bantime 1h
set one bantime -1
set one bantime 1.7
set one bantime "1.5h"
set one bantime 1y
set one bantime bogus
set one bantime 0
set one bantime 10m
get one maxretry
set one maxretry 5
set one maxretry x
set one maxretry 2.5
set one maxretry " 4 "
set one maxretry 1_0
set one maxretry 0
set one maxretry -2
set one maxretry 3
set one maxretry
get one maxmatches
set one maxmatches 7
set one maxmatches x
set one maxmatches -1
get one maxlines
set one maxlines 3
set one maxlines 0
set one maxlines x
set one maxlines 1
get one bantime.increment
set one bantime.increment true
get one bantime.increment
set one bantime.increment bogus
get one bantime.factor
set one bantime.factor 2
get one bantime.formula
set one bantime.formula "ban.Time * 2"
get one bantime.formula
set one bantime.formula ""
get one bantime.multipliers
set one bantime.multipliers "1 2 4"
get one bantime.multipliers
set one bantime.multipliers ""
set one bantime.maxtime 1d
set one bantime.maxtime 1y
get one bantime.maxtime
set one bantime.maxtime ""
set one bantime.rndtime 5m
get one bantime.rndtime
set one bantime.overalljails true
get one bantime.overalljails
get one bantime.bogus
set one bantime.bogus 5
get one bantime.bogus
get one bantime.increment x
set one bantime.x
set one idle on
status one
set one idle off
set one idle bogus
set one idle
get one idle
get one actions
get bare actions
get two actions
get one action
get one action note
get one action note actionban
get one action note timeout
get one action note bogus
get one action bogus actionban
get one action note port
get two action note port
get one action note name
get one action note actname
get two action second name
get two action second actname
get one action note init
get one action note norestored
get one action note banEpoch
get one actionproperties
get one actionproperties note
get one actionproperties bogus
get one actionmethods note
get one actionmethods bogus
get two actionproperties second
set one action note
set one action note actionban
set one action note actionban "true <ip> again"
get one action note actionban
set one action note timeout 5m
get one action note timeout
set one action note timeout 7
set one action note timeout x
set one action note newprop val
get one action note newprop
get one actionproperties note
set one action bogus actionban x
set one addaction
set one addaction note
set one addaction n
get one actions
get one actionproperties n
get one action n actionban
get one action n name
set one action n actionban "true"
get one action n actionban
set one delaction n
set one delaction n
set one delaction
set one delaction bogus
get one actions
get loglevel
set loglevel DEBUG
set loglevel info
set loglevel bogus
set loglevel 10
set loglevel -5
set loglevel ""
set loglevel 999
set loglevel 3
set loglevel INFO
set loglevel
get loglevel x
get logtarget
set logtarget /nonexistent/x
get logtarget
set logtarget TREE/g.log
get logtarget
flushlogs
set logtarget "TREE/f.log[datetime=off]"
set logtarget TREE/f.log
set logtarget
set logtarget ""
get syslogsocket
set syslogsocket /nonexistent
set syslogsocket auto
get dbfile
set dbfile None
set dbfile TREE/f.sqlite3
set dbfile
get dbmaxmatches
set dbmaxmatches 5
set dbmaxmatches x
get dbpurgeage
set dbpurgeage 2d
set dbpurgeage 1y
set dbpurgeage 1.5
set dbpurgeage x
set dbpurgeage 86400
get allowipv6
set allowipv6 auto
set allowipv6
get thread
set thread x
set thread
get pidfile
get socket
set pidfile x
get version
server-status
config-error text
config-error
help
set one failregex x
set nojail banip
set nojail unbanip
set nojail banip 192.0.2.1
get nojail banip
get nojail banned
set nojail ignoreself
set nojail ignoreself true
set nojail addignoreip
set nojail addignoreip 192.0.2.4
get nojail ignoreip
set nojail delignoreip x
set nojail maxretry x
set nojail maxretry
set nojail attempt
set nojail idle x
set nojail idle on
set nojail bantime.x
set nojail bantime.x 1
set nojail action
set nojail action x
set nojail action x y z
get nojail action
get nojail action x
get nojail action x y
get nojail bantime.x
set nojail findtime x
set nojail bantime x
set nojail usedns
set nojail addlogpath
set nojail addlogpath x bogus
set nojail addlogpath x
set nojail dellogpath x
set nojail addfailregex
set nojail addfailregex x
set nojail delfailregex x
set nojail addaction
set nojail addaction x
set nojail delaction
set nojail delaction x
set nojail datepattern
set nojail logencoding
set nojail unbanip --report-absent
set nojail addjournalmatch
set nojail ignorecache
set nojail prefregex
set nojail maxlines 0
set nojail maxmatches x
set nojail logtimezone
set nojail ignorecommand
get nojail failregex
get nojail logpath
get nojail journalmatch
get nojail actions
get nojail actionproperties
get nojail actionproperties x
get nojail actionmethods x
get nojail datepattern
get nojail findtime
multi-set nojail addfailregex x
`
  .trim()
  .split('\n');

/** Cuts a command into its words as a shell does with double quotes. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
}
