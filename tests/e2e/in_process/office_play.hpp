#pragma once

#include "e2e/in_process/letters.hpp"
#include "e2e/in_process/office.hpp"

#include <array>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

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
        own_on,       ///< a category of the user's own
        own_off,
        move,
        move_and_back,
        copy,
        erase,
        send_draft, ///< tagged as a draft, then sent
        read_again, ///< resync
        lose_cursors,
        enable_or_not, ///< a mailbox
        policy,        ///< one of the settings, by reload
        grace,         ///< the service is away until the grace of all tombstones is over
    };
    /// What else happens while the service deals with it.
    enum class Mishap { none, crash, conflict, throttle, away };

    Deed deed;
    Mishap mishap;
    int which;    ///< the copy, the mailbox, the message
    int how;      ///< what the deed leaves open
    bool at_once; ///< the next step does not wait until all is quiet
};
constexpr std::array deed_names = {
    "deliver",       "deliver again", "tag",    "tag tracked", "untag",
    "think better",  "set state",     "own on", "own off",     "move",
    "move and back", "copy",          "erase",  "send draft",  "read again",
    "lose cursors",  "enable or not", "policy", "grace"};
static_assert(deed_names.size() == static_cast<std::size_t>(OfficeStep::Deed::grace) + 1);
constexpr std::array mishap_names = {"", "crash", "conflict", "throttle", "away"};
static_assert(mishap_names.size() == static_cast<std::size_t>(OfficeStep::Mishap::away) + 1);

std::ostream& operator<<(std::ostream& out, const OfficeStep& step);

/// The office twice: as the reference tells it, and with the service on a stage.
class OfficePlay {
public:
    OfficePlay();

    void perform(const OfficeStep& step);
    /// Waits until all is quiet. Empty, or where the two disagree and what had happened.
    std::string disagreement();

private:
    using Deed = OfficeStep::Deed;
    using Mishap = OfficeStep::Mishap;
    struct Place {
        Office::Message* message;
        Office::Copy* copy;
    };

    void deliver(int which, int how);
    void deliver_again(int which, int how);
    void send_draft(int which, int how);
    void act_on_copy(const OfficeStep& step);
    void think_better(const Place& place);
    void move(const Place& place, int how);
    void copy(const Place& place);
    void enable_or_not(std::size_t mailbox);
    void change_policy(int how);
    void grace();
    void suffer(Mishap mishap, int how);

    Office::Copy put(const Office::Message& message, std::size_t mailbox, std::string folder,
                     std::set<std::string> categories);
    Letter letter_of(const Office::Message& message) const;
    Office::Copy named(const Office::Message& message, std::size_t mailbox,
                       const sim::ItemRef& item);
    void set_categories(const Place& place);
    std::vector<Place> places();
    void tell(std::string line)
    {
        story_.push_back(std::move(line));
        quiet_ = false;
    }
    bool is_fresh(std::size_t message) const { return unsettled_.contains(message); }
    void quieten();
    void keep_below_guard(std::size_t mailbox);
    std::vector<std::string> facts();

    Stage stage_;
    Office office_;
    std::array<MailboxId, 3> mailboxes_;
    std::map<std::string, sim::ItemRef> items_; ///< by the name of their copy
    std::map<std::string, std::string> names_;  ///< of copies, by the id of their item
    std::map<std::size_t, Timestamp> sent_;     ///< of messages
    std::set<std::size_t> unsettled_;           ///< messages of steps that nobody waited for
    bool quiet_ = true;                         ///< nothing happened since it was waited for
    bool disturbed_ = false;                    ///< by a mishap since then
    std::map<std::size_t, std::vector<Timestamp>> untags_; ///< by mailbox
    std::vector<std::string> story_;
};

} // namespace crmsync::test
