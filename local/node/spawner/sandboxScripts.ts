/** The directory beside a node's root that keeps what its commands changed of the machine. */
export const overlayName = "overlay";

/**
 * For users other than root, once a node. The namespace knows one user, so whatever the machine's root owns belongs to nobody in it and
 * may not be written. Directories become the node's own by standing in the upper layer too; then what is in them can be replaced, which
 * is how packages are installed. Files that are written in place are copied: all of /etc, and the package manager's state. Its locks
 * and its two private directories cannot be read, so it gets others.
 */
const seed = `
seed() {
    mkdir -p "$upper" && cd / || return 1
    find usr etc var opt srv -xdev -type d -readable -print0 2>/dev/null | (cd "$upper" && xargs -0 mkdir -p --)
    {
        find etc var/lib/apt/extended_states var/cache/debconf var/cache/apt var/log -xdev -type f -readable -size -4096k -print0
        find var/lib/dpkg -maxdepth 1 -type f -readable -print0
    } 2>/dev/null | tar -c --null -T - 2>/dev/null | tar -x --no-same-owner -C "$upper"
    cd "$upper" || return 1
    chmod 1777 var/tmp
    [ -d var/lib/apt/lists ] || return 0
    for state in var/lib/dpkg/lock var/lib/dpkg/lock-frontend var/lib/dpkg/triggers/Lock var/log/apt/term.log; do
        [ -d "\${state%/*}" ] && : > "$state"
    done
    mkdir -p var/lib/apt/lists.node/partial var/cache/apt/archives.node/partial
    cp /var/lib/apt/lists/*_* var/lib/apt/lists.node/
    {
        echo 'Dir::State::Lists "/var/lib/apt/lists.node/";'
        echo 'Dir::Cache::Archives "/var/cache/apt/archives.node/";'
    } > etc/apt/apt.conf.d/98batchlocal
}
`;

/**
 * Run in fresh user and mount namespaces as their root, with the node's home as $0: covers each directory of the machine with an overlay
 * whose changes go to the node. What cannot be covered (it holds the node itself, or mounts that are locked to us) is made read-only, and
 * what is below it is tried one by one. /tmp and the node's own directory stay what they are. $1 says whether to seed.
 */
export const coverScript = `
home=$0
upper=$home/${overlayName}/upper
work=$home/${overlayName}/work
${seed}
if [ "$1" = seed ] && [ ! -e "$home/${overlayName}/seeded" ]; then
    (seed) >/dev/null 2>&1
    : > "$home/${overlayName}/seeded"
fi
exec 9<"$home"
cover() {
    mkdir -p "$upper$1" "$work$1" || return 1
    mount -t overlay overlay -o "lowerdir=$1,upperdir=$upper$1,workdir=$work$1,userxattr" "$1" 2>/dev/null && covered=1 && return 0
    mount --rbind "$1" "$1" && mount -o remount,bind,ro "$1"
    [ "$2" -gt 0 ] || return 0
    case $home/ in "$1"/*) return 0 ;; esac
    for below in "$1"/*; do
        [ -d "$below" ] && [ ! -L "$below" ] && cover "$below" $(($2 - 1))
    done
}
covered=
for top in /*; do
    case $top in /proc|/dev|/sys|/tmp|/lost+found) continue ;; esac
    [ -d "$top" ] && [ ! -L "$top" ] && cover "$top" 2 2>/dev/null
done
for open in /tmp /dev; do mount --rbind $open $open; done
case $home/ in /tmp/*) ;; *) mount -c --rbind /proc/self/fd/9 "$home" || exit 1 ;; esac
mount -o remount,bind,ro /
exec 9<&-
if [ -z "$covered" ]; then echo "no directory could be covered with an overlay" >&2; exit 1; fi
if [ -d /etc/apt/apt.conf.d ]; then echo 'APT::Sandbox::User "root";' > /etc/apt/apt.conf.d/99batchlocal; fi
echo ready
read -r forever
`;

/** Run inside, with the working directory as $0: tells a program that is not there from one that exits with 127. */
export const enterScript = `cd "$0" || exit 126; missing=$1; shift; command -v -- "$1" >/dev/null 2>&1 || { : > "$missing"; exit 127; }; exec "$@"`;

/** Run inside as root: copies what lies below $0 to the directories of the machine that are given, which only root may enter. */
export const showScript = `for place; do mkdir -p "$place" && chmod 700 "$place" && cp -a "$0$place/." "$place/" || exit 1; done`;
