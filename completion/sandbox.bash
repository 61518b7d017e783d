# SPDX-License-Identifier: MIT
#
# Completion of sandbox(1) for bash 4.4 and later. sandbox.bash is made from sandbox.bash.in and the
# tables of the program: change those, and say `cmake --build build --target refresh`.
#
# It needs nothing of bash-completion, but lets it complete the program behind the options where it is
# there. Nothing that comes from a file's name is ever expanded.

# ---- the tables

_sandbox_verbs=(run why check explain diff changes image)

_sandbox_options() # VERB; sets words
{
    case $1 in
    run)
        words=(-p --profile -s --set -f --file -r --report --report-format -v --verbose -h --help --version)
        ;;
    why)
        words=(-p --profile -s --set -f --file -o --output -h --help)
        ;;
    check)
        words=(-s --set --format --ignore -h --help)
        ;;
    explain)
        words=(-s --set --format -h --help)
        ;;
    diff)
        words=(-s --set -h --help)
        ;;
    changes)
        words=(-s --set -l --lower -t --to -n --dry-run --format -z --null -h --help)
        ;;
    image)
        words=(--format --max-size --max-entries --all -h --help)
        ;;
    esac
}

# What an option takes: nothing, a kind, or "words" and these.
_sandbox_argument() # VERB OPTION; sets argument
{
    argument=
    case $1$2 in
    run-p | run--profile) argument=profile ;;
    run-s | run--set) argument=setting ;;
    run-f | run--file) argument=file ;;
    run-r | run--report) argument=file ;;
    run--report-format) argument='words json meta' ;;
    why-p | why--profile) argument=profile ;;
    why-s | why--set) argument=setting ;;
    why-f | why--file) argument=file ;;
    why-o | why--output) argument=file ;;
    check-s | check--set) argument=setting ;;
    check--format) argument='words text json sarif' ;;
    check--ignore) argument='words no-effect claimed-twice writable-executable host-socket raw-dbus agent-socket x11 host-device host-system secrets changing-layer environment-kept secret-environment loader-environment root-capability nested-namespaces host-ipc host-network abstract-sockets wide-family datagrams missing-limits weaker-limits unreachable-limit default-allow unknown-allow i386-calls debug-syscalls mount-syscalls module-syscalls bpf-syscalls perf-syscalls userfaultfd keyring-syscalls file-handles kernel-log privileged-syscalls clock-syscalls obsolete-syscalls' ;;
    explain-s | explain--set) argument=setting ;;
    explain--format) argument='words text ini' ;;
    diff-s | diff--set) argument=setting ;;
    changes-s | changes--set) argument=setting ;;
    changes-l | changes--lower) argument=directory ;;
    changes-t | changes--to) argument=directory ;;
    changes--format) argument='words text json' ;;
    image--format) argument='words text json' ;;
    image--max-size) argument=text ;;
    image--max-entries) argument=text ;;
    esac
}

_sandbox_settings() # sets words
{
    words=(
        profile.description= namespaces.ipc= namespaces.uts= namespaces.cgroup= namespaces.time=
        namespaces.nested= identity.uid= identity.gid= identity.hostname= root.base= root.lower=
        root.lower+= root.image= root.upper= root.driver= root.cwd= root.size= files.ro= files.ro+=
        files.rw= files.rw+= files.bind= files.bind+= files.tmpfs= files.tmpfs+= files.symlink=
        files.symlink+= files.text= files.text+= files.hide= files.hide+= files.noexec=
        files.noexec+= files.dev= files.proc= files.mqueue= files.sys= syscalls.default=
        syscalls.unknown= syscalls.allow= syscalls.allow+= syscalls.errno= syscalls.errno+=
        syscalls.report= syscalls.report+= syscalls.kill= syscalls.kill+= syscalls.log=
        syscalls.log+= syscalls.tell= syscalls.arch= syscalls.arch+= capabilities.keep=
        capabilities.keep+= capabilities.ambient= capabilities.ambient+= limits.cpu_time=
        limits.wall_time= limits.memory= limits.pids= limits.output= limits.file_size=
        limits.open_files= limits.stack= limits.core= limits.enforce= network.mode=
        network.families= network.families+= network.refused= network.tcp_connect=
        network.tcp_connect+= network.tcp_bind= network.tcp_bind+= landlock.mode= environment.clear=
        environment.pass= environment.pass+= environment.set= environment.set+= process.umask=
        process.nice=
    )
}

_sandbox_values() # SECTION.KEY; sets values
{
    values=()
    case $1 in
    namespaces.ipc | namespaces.uts | namespaces.cgroup | namespaces.time)
        values=(
            private host
        )
        ;;
    namespaces.nested | environment.clear)
        values=(
            no yes
        )
        ;;
    root.base)
        values=(
            host overlay empty
        )
        ;;
    root.upper)
        values=(
            none tmpfs
        )
        ;;
    root.driver)
        values=(
            kernel fuse
        )
        ;;
    files.dev)
        values=(
            minimal none
        )
        ;;
    files.proc)
        values=(
            unmasked private pids none
        )
        ;;
    files.mqueue)
        values=(
            none private
        )
        ;;
    files.sys)
        values=(
            none ro
        )
        ;;
    syscalls.default | syscalls.unknown)
        values=(
            kill errno: log allow
        )
        ;;
    syscalls.allow | syscalls.errno | syscalls.report | syscalls.kill | syscalls.log)
        values=(
            @base @basic-io @file-read @file-write @file-system @sync @process @thread @memory
            @memlock @pkey @signal @timer @event @aio @ipc @network-client @network-server
            @network-io @network-unix @identity @resource @info @sandbox @set-id @chown @xattr
            @debug @mount @module @keyring @privileged @raw-io @reboot @swap @obsolete
            @cpu-emulation @clock-set @io-uring @bpf
        )
        ;;
    syscalls.tell)
        values=(
            none kills all
        )
        ;;
    limits.cpu_time | limits.wall_time | limits.memory | limits.pids | limits.output \
    | limits.file_size | limits.open_files | limits.stack | limits.core)
        values=(
            unlimited
        )
        ;;
    limits.enforce)
        values=(
            strict best-effort
        )
        ;;
    network.mode)
        values=(
            none loopback host
        )
        ;;
    network.refused)
        values=(
            kill errno:
        )
        ;;
    landlock.mode)
        values=(
            off auto require
        )
        ;;
    esac
}

_sandbox_calls() # sets words
{
    words=(
        _sysctl accept accept4 access acct add_key adjtimex afs_syscall alarm arch_prctl bind bpf
        brk cachestat capget capset chdir chmod chown chroot clock_adjtime clock_getres
        clock_gettime clock_nanosleep clock_settime clone clone3 close close_range connect
        copy_file_range creat create_module delete_module dup dup2 dup3 epoll_create epoll_create1
        epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2
        execve execveat exit exit_group faccessat faccessat2 fadvise64 fallocate fanotify_init
        fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync fgetxattr
        file_getattr file_setattr finit_module flistxattr flock fork fremovexattr fsconfig fsetxattr
        fsmount fsopen fspick fstat fstatfs fsync ftruncate futex futex_requeue futex_wait
        futex_waitv futex_wake futimesat get_kernel_syms get_mempolicy get_robust_list
        get_thread_area getcpu getcwd getdents getdents64 getegid geteuid getgid getgroups getitimer
        getpeername getpgid getpgrp getpid getpmsg getppid getpriority getrandom getresgid getresuid
        getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday getuid getxattr
        getxattrat init_module inotify_add_watch inotify_init inotify_init1 inotify_rm_watch
        io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit io_uring_enter
        io_uring_register io_uring_setup ioctl ioperm iopl ioprio_get ioprio_set kcmp
        kexec_file_load kexec_load keyctl kill landlock_add_rule landlock_create_ruleset
        landlock_restrict_self lchown lgetxattr link linkat listen listmount listns listxattr
        listxattrat llistxattr lookup_dcookie lremovexattr lseek lsetxattr lsm_get_self_attr
        lsm_list_modules lsm_set_self_attr lstat madvise map_shadow_stack mbind membarrier
        memfd_create memfd_secret migrate_pages mincore mkdir mkdirat mknod mknodat mlock mlock2
        mlockall mmap modify_ldt mount mount_setattr move_mount move_pages mprotect mq_getsetattr
        mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink mremap mseal msgctl msgget msgrcv
        msgsnd msync munlock munlockall munmap name_to_handle_at nanosleep newfstatat nfsservctl
        open open_by_handle_at open_tree open_tree_attr openat openat2 pause perf_event_open
        personality pidfd_getfd pidfd_open pidfd_send_signal pipe pipe2 pivot_root pkey_alloc
        pkey_free pkey_mprotect poll ppoll prctl pread64 preadv preadv2 prlimit64 process_madvise
        process_mrelease process_vm_readv process_vm_writev pselect6 ptrace putpmsg pwrite64 pwritev
        pwritev2 query_module quotactl quotactl_fd read readahead readlink readlinkat readv reboot
        recvfrom recvmmsg recvmsg remap_file_pages removexattr removexattrat rename renameat
        renameat2 request_key restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask
        rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo
        sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam
        sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam
        sched_setscheduler sched_yield seccomp security select semctl semget semop semtimedop
        sendfile sendmmsg sendmsg sendto set_mempolicy set_mempolicy_home_node set_robust_list
        set_thread_area set_tid_address setdomainname setfsgid setfsuid setgid setgroups sethostname
        setitimer setns setpgid setpriority setregid setresgid setresuid setreuid setrlimit setsid
        setsockopt settimeofday setuid setxattr setxattrat shmat shmctl shmdt shmget shutdown
        sigaltstack signalfd signalfd4 socket socketpair splice stat statfs statmount statx swapoff
        swapon symlink symlinkat sync sync_file_range syncfs sysfs sysinfo syslog tee tgkill time
        timer_create timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create
        timerfd_gettime timerfd_settime times tkill truncate tuxcall umask umount2 uname unlink
        unlinkat unshare uprobe uretprobe uselib userfaultfd ustat utime utimensat utimes vfork
        vhangup vmsplice vserver wait4 waitid write writev
    )
}

# ---- what is offered; $prefix goes before each word, and is not compared

_sandbox_offer() # START WORD...
{
    local start=$1 word
    shift
    for word; do
        [[ $word == "$start"* ]] || continue
        COMPREPLY+=("$prefix$word")
        [[ $word != *[=:] ]] || compopt -o nospace 2>/dev/null
    done
}

_sandbox_offer_files() # START [COMPGEN_OPTION...]
{
    local start=$1 found
    shift
    compopt -o filenames 2>/dev/null
    mapfile -t found < <(compgen "${@:--f}" -- "$start")
    COMPREPLY+=("${found[@]/#/"$prefix"}")
}

# Where the command itself looks: its user's, the machine's, its own.
_sandbox_offer_profiles() # START
{
    local directory file command found names=() folders
    command=$(type -P -- "${COMP_WORDS[0]}") && command=$(readlink -f -- "$command")
    folders=("${XDG_CONFIG_HOME:-$HOME/.config}" /etc)
    folders=("${folders[@]/%//sandbox/profiles}")
    [[ $command ]] && folders+=("${command%/*}/profiles" "${command%/*}/../share/sandbox/profiles")
    for directory in "${folders[@]}"; do
        mapfile -t found < <(cd -- "$directory" 2>/dev/null && compgen -f -X '!*.ini')
        for file in "${found[@]}"; do
            [[ " ${names[*]} " == *" ${file%.ini} "* ]] || names+=("${file%.ini}")
        done
    done
    compopt -o filenames 2>/dev/null
    _sandbox_offer "$1" "${names[@]}"
    _sandbox_offer_files "$1" -f -X '!*.ini'
    [[ ${#COMPREPLY[@]} -gt 0 && $1 != */* ]] || _sandbox_offer_files "$1" -d
}

# A directory that keeps changes, or a profile that names it.
_sandbox_offer_kept() # START
{
    local before=("${COMPREPLY[@]}") word
    COMPREPLY=()
    _sandbox_offer_profiles "$1"
    before+=("${COMPREPLY[@]}")
    COMPREPLY=()
    _sandbox_offer_files "$1" -d
    for word in "${before[@]}"; do
        [[ " ${COMPREPLY[*]} " == *" $word "* ]] || COMPREPLY+=("$word")
    done
}

_sandbox_offer_setting() # START
{
    local words values key
    if [[ $1 != *=* ]]; then
        _sandbox_settings
        _sandbox_offer "$1" "${words[@]}"
        return
    fi
    key=${1%%=*}
    prefix+=$key=
    _sandbox_values "${key%+}"
    _sandbox_offer "${1#*=}" "${values[@]}"
}

_sandbox_offer_argument() # ARGUMENT START
{
    local words
    case $1 in
    profile) _sandbox_offer_profiles "$2" ;;
    setting) _sandbox_offer_setting "$2" ;;
    file) _sandbox_offer_files "$2" ;;
    directory) _sandbox_offer_files "$2" -d ;;
    words*)
        read -ra words <<<"${1#words }"
        _sandbox_offer "$2" "${words[@]}"
        ;;
    esac
}

# The program and its arguments; INDEX is that of the program among the whole words. Says whether
# bash-completion has done it.
_sandbox_offer_program() # INDEX START
{
    if declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "${starts[$1]}"
        return 0
    elif declare -F _command_offset >/dev/null; then
        _command_offset "${starts[$1]}"
        return 0
    elif [[ $1 -lt $last || $2 == */* ]]; then
        _sandbox_offer_files "$2"
    else
        mapfile -t COMPREPLY < <(compgen -c -- "$2")
    fi
    return 1
}

# What stands behind the options.
_sandbox_offer_operand() # START
{
    local words values
    case $verb:${#operands[@]}:$1 in
    explain:0:@*) # the groups of system calls
        _sandbox_values syscalls.allow
        _sandbox_offer "$1" "${values[@]}"
        return
        ;;
    esac
    case $verb:${#operands[@]} in
    check:* | explain:0 | diff:[01]) _sandbox_offer_profiles "$1" ;;
    image:0) _sandbox_offer "$1" unpack list remove ;;
    image:1) [[ ${operands[0]} != unpack ]] || _sandbox_offer_files "$1" -d ;;
    explain:1) _sandbox_offer "$1" syscall ;;
    changes:0)
        _sandbox_offer "$1" list apply discard
        _sandbox_offer_kept "$1"
        ;;
    changes:1) [[ ${operands[0]} != @(list|apply|discard) ]] || _sandbox_offer_kept "$1" ;;
    explain:2)
        [[ ${operands[1]} == syscall ]] || return
        _sandbox_calls
        _sandbox_offer "$1" "${words[@]}"
        ;;
    esac
}

# ---- where the cursor is

# Bash cuts words at '=' and ':' too. Sets line_words, whole up to the cursor, and starts, the index
# in COMP_WORDS of the beginning of each.
_sandbox_whole_words()
{
    local line=${COMP_LINE:0:COMP_POINT} before= word gap i
    line_words=() starts=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        gap=${line%%[![:blank:]]*}
        line=${line:${#gap}}
        [[ $i -lt $COMP_CWORD ]] || word=$line
        line=${line:${#word}}
        if [[ $i -gt 0 && ! $gap && ($word == [=:]* || $before == *[=:]) ]]; then
            line_words[-1]+=$word
        else
            line_words+=("$word")
            starts+=("$i")
        fi
        before=$word
    done
}

# Reads the words before the cursor, from $index on. Sets operands; program, the index of the
# program, where it has begun; argument, where the cursor is at the argument of an option; and
# no_options, where no option can follow.
_sandbox_read_words()
{
    local word
    while [[ $index -lt $last ]]; do
        word=${line_words[index]}
        index=$((index + 1))
        case $word in
        --)
            no_options=1
            [[ $verb != run && $verb != why && $verb != explain ]] || program=$index
            ;;
        --*=*) ;;
        --*) [[ $no_options ]] || _sandbox_argument "$verb" "$word" ;;
        -?*) [[ $no_options ]] || _sandbox_letters "${word#-}" ;;
        *)
            operands+=("$word")
            [[ $verb != run && $verb != why ]] || program=$((index - 1))
            ;;
        esac
        [[ ! $program ]] || return
        [[ $argument && $index -lt $last ]] || continue
        index=$((index + 1)) argument=
    done
}

# -vp judge, -pjudge: the argument of a letter is what follows it, or the next word.
_sandbox_letters() # LETTERS; sets argument
{
    local i
    for ((i = 0; i < ${#1}; i++)); do
        _sandbox_argument "$verb" "-${1:i:1}"
        [[ $argument ]] || continue
        [[ $((i + 1)) -eq ${#1} ]] || argument=
        return
    done
}

_sandbox()
{
    local line_words starts operands=() words argument= program= no_options= prefix= verb index=1
    local start last broken
    COMPREPLY=()
    _sandbox_whole_words
    last=$((${#line_words[@]} - 1))
    start=${line_words[last]}
    verb=${_sandbox_verbs[0]}
    if [[ $last -gt 1 && " ${_sandbox_verbs[*]} " == *" ${line_words[1]} "* ]]; then
        verb=${line_words[1]} index=2
    fi
    _sandbox_read_words

    if [[ $argument ]]; then
        _sandbox_offer_argument "$argument" "$start"
    elif [[ $program ]]; then
        _sandbox_offer_program "$program" "$start" && return
    elif [[ $start == --*=* && ! $no_options ]]; then
        prefix=${start%%=*}=
        _sandbox_argument "$verb" "${start%%=*}"
        _sandbox_offer_argument "$argument" "${start#*=}"
    elif [[ $start == -* && ! $no_options ]]; then
        _sandbox_options "$verb"
        _sandbox_offer "$start" "${words[@]}"
    elif [[ $last -eq 1 ]]; then
        _sandbox_offer "$start" "${_sandbox_verbs[@]}"
    elif [[ $verb == run || $verb == why ]]; then
        _sandbox_offer_program "$last" "$start" && return
    else
        _sandbox_offer_operand "$start"
    fi

    # bash replaces only what stands behind the last of its own breaks
    broken=${start%"${start##*["${COMP_WORDBREAKS//[^=:]/}"]}"}
    COMPREPLY=("${COMPREPLY[@]#"$broken"}")
}

complete -F _sandbox sandbox
