#pragma once

#include "base/timestamp.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace crmsync::test {

/// What the product promises of messages that several mailboxes have (PRODUCT sections 3 to 5),
/// told without any of its code.
///
/// Its world is simple: people act, and whatever depends on that has happened when the call comes
/// back. Two rules make it so. The service looks at a copy when something about it changed, when
/// its mailbox is read again, and when its message, or the one it answers, was stored elsewhere; a
/// change of policy alone makes it look at nothing. And of a mailbox that is disabled all of that
/// waits.
///
/// `office_people.cpp` is what people and admins do, `office_service.cpp` what becomes of a copy,
/// `office_regarding.cpp` what a message is about, `office_untrack.cpp` how it is let go.
class Office {
public:
    enum class Kind { contact, stranger, internal, confidential }; ///< the last from a contact, too
    enum class Mode { manual, replies, contacts };
    enum class Link { none, shared, rule, user };
    /// The latest answer for a copy without a link; what PRODUCT calls the decision.
    enum class Answer { none, ignored, refused, untracked };

    struct Policy {
        Mode mode = Mode::manual;
        bool internal_only = true;
        bool show_shared = true;
        bool keep = false;       ///< on_untrack
        bool no_archive = false; ///< the archive is a folder that is never tracked
    };
    struct Mailbox {
        std::string address;
        std::optional<Mode> mode; ///< of its own
        bool enabled = true;
        Timestamp enabled_at{};
        std::set<std::size_t> asked; ///< messages stored elsewhere while it was disabled
    };
    struct Copy {
        std::size_t mailbox = 0;
        std::string name; ///< what a test calls it
        std::string folder;
        std::set<std::string> categories; ///< all that it shows, whoever set them
        Timestamp edited{};               ///< when a person last changed them
        Timestamp arrived{};

        bool gone = false;
        bool unread = true; ///< the service has still to look at it
        bool seen = false;  ///< the service has looked at it before
        Link link = Link::none;
        Timestamp tagged{};              ///< of a person's link
        bool marked = false;             ///< our category was on it: who takes it off now untracks
        std::string label;               ///< the regarding category that was answered
        std::set<std::string> read;      ///< all of them, when the service last looked
        bool pinned = false;             ///< its user untracked it
        std::optional<Timestamp> held;   ///< its user took our category off, and the guard waits
        std::optional<Timestamp> let_go; ///< when it was untracked
        Answer answer = Answer::none;
    };
    struct Message {
        std::size_t number = 0;
        Kind kind = Kind::contact;
        std::optional<std::size_t> sender;  ///< a mailbox: then it has a sent copy
        std::vector<std::size_t> to;        ///< mailboxes it names, in its order
        std::optional<std::size_t> answers; ///< the message it answers
        std::deque<Copy> copies;

        bool stored = false; ///< once, be it a tombstone now
        bool alive = false;
        std::string owner; ///< address of the user's mailbox
        bool by_person = false;
        Timestamp owned{};
        std::set<std::size_t> pinned; ///< mailboxes it was untracked in altogether

        bool chosen = false;   ///< a person said what it is about, or that it is about nothing
        std::string regarding; ///< the record that person chose
        std::size_t chooser = 0;
        Timestamp chosen_at{}; ///< first, in that mailbox
        /// What others chose, in which mailbox and when; also where it is what stands.
        std::map<std::pair<std::string, std::size_t>, Timestamp> connections;
    };

    // What happens. What a person changes of a copy is changed by the caller, who then says so.
    void arrive(Message message);
    void copy_arrives(Message& message, Copy copy);
    /// At what was changed. Of removals, how many there are at once: the guard counts them.
    void look(Message& message, Copy& copy, int at_once = 1);
    void enable(std::size_t mailbox, Timestamp now);
    void read_again(std::size_t mailbox); ///< all of it: its cursors are lost
    void grace_is_over();                 ///< for all that are tombstones now
    /// What the guard holds in a mailbox is untracked after all, or stays.
    void confirm_held(std::size_t mailbox);
    void reject_held(std::size_t mailbox);

    Policy policy;
    std::vector<Mailbox> mailboxes;
    std::deque<Message> messages;

    /// Everything of it that anybody could see, one fact a line.
    std::vector<std::string> facts() const;

private:
    void look_at_linked(Message& message, Copy& copy, int at_once);
    void look_at_unlinked(Message& message, Copy& copy);
    void look_again(Message& message, std::size_t mailbox);
    bool set_by_person(const Copy& copy) const;
    bool is_pinned(const Message& message, const Copy& copy) const;
    bool rule_of_mode(const Message& message, const Copy& copy) const;
    bool may_show_others(const Message& message, const Copy& copy) const;
    bool gate_closed(const Message& message, const Copy& copy, bool person) const;
    void say_no(Copy& copy, Answer answer);
    void link(Message& message, Copy& copy, Link kind);
    void claim(Message& message, const Copy& copy);
    void claim_by_rule(Message& message, std::size_t mailbox);
    void tell_others(Message& message, std::size_t mailbox, bool revived);
    void tell_answers(const Message& message);
    void regard(Message& message, Copy& copy, bool by_person);
    void choose(Message& message, const Copy& copy, const std::string& record);
    void follow_choice(Message& message, std::size_t mailbox);
    bool guard_holds(const Copy& copy, int at_once) const;
    void untrack(Message& message, Copy& copy);
    void pass_on(Message& message, std::size_t from);
    void take_mark_off(const Message& message, Copy& copy);
};

inline bool is_label(const std::string& category) { return category.starts_with("CRM: "); }

} // namespace crmsync::test
