#pragma once

#include <ostream>

namespace crmsync::test {

/// One thing that happens in an office of three. What it happens to is chosen by numbers, modulo
/// what is there: any part of a program is a program.
struct OfficeStep {
    enum class Deed {
        deliver,       ///< to some of the mailboxes at once: from outside, inside, or one of them
        deliver_again, ///< the same message once more, into one mailbox
        tag,
        tag_tracked,  ///< CRM Tracked, set by a person
        untag,        ///< all of ours off
        think_better, ///< a tag that is taken back before it is answered
        set_state,    ///< one of the states that only the service sets
        label,        ///< a regarding category: one of two records, or of none
        label_off,
        own_on, ///< a category of the user's own
        own_off,
        move,
        move_and_back,
        copy,
        erase,
        burst,       ///< more untracks at once than the guard believes
        answer_held, ///< as `crmsync held confirm` or `reject`
        send_draft,  ///< tagged as a draft, then sent
        read_again,  ///< resync
        lose_cursors,
        enable_or_not, ///< a mailbox
        policy,        ///< one of the settings, by reload
        grace          ///< the service is away until the grace of all tombstones is over
    };
    /// What else happens while the service deals with it.
    enum class Mishap { none, crash, conflict, throttle, away };

    Deed deed;
    Mishap mishap;
    int which;    ///< the copy, the mailbox, the message
    int how;      ///< what the deed leaves open
    bool at_once; ///< the next step does not wait until all is quiet
};

std::ostream& operator<<(std::ostream& out, const OfficeStep& step);

} // namespace crmsync::test
