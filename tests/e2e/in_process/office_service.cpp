#include "e2e/in_process/office_words.hpp"

#include <algorithm>
#include <tuple>

namespace crmsync::test {

using Copy = Office::Copy;

void say(Copy& copy, const char* state)
{
    for (const char* one : {track, tracked, review, refused, failed})
        copy.categories.erase(one);
    if (state)
        copy.categories.insert(state);
}

Office::Link link_in(const Office::Message& message, std::size_t mailbox)
{
    Office::Link strongest = Office::Link::none;
    for (const Copy& one : message.copies)
        if (one.mailbox == mailbox)
            strongest = std::max(strongest, one.link);
    return strongest;
}

void Office::look(Message& message, Copy& copy, int at_once)
{
    copy.unread = !mailboxes.at(copy.mailbox).enabled;
    if (copy.gone || copy.unread)
        return;
    if (copy.link != Link::none)
        look_at_linked(message, copy, at_once);
    else
        look_at_unlinked(message, copy);
    copy.seen = true;
    copy.read.clear();
    for (const std::string& category : copy.categories)
        if (is_label(category))
            copy.read.insert(category);
}

void Office::look_at_linked(Message& message, Copy& copy, int at_once)
{
    const bool by_hand = carries(copy, tracked) && !copy.marked;
    const bool bare = !carries(copy, tracked) && !carries(copy, review);
    const bool new_label = !new_labels(copy).empty();
    if (carries(copy, track) || (!message.alive && (by_hand || new_label))) {
        link(message, copy, Link::user);
        regard(message, copy, true);
    } else if (!message.alive) {
        return; // the mark was taken off with it
    } else if (copy.marked && bare && !new_label && !is_narrowed(copy)) {
        if (!copy.held && guard_holds(copy, at_once))
            copy.held = copy.edited;
        else if (!copy.held)
            untrack(message, copy);
    } else {
        // Says so again, and nothing else of ours.
        link(message, copy, is_understood(copy) ? Link::user : copy.link);
        regard(message, copy, true);
    }
}

void Office::look_at_unlinked(Message& message, Copy& copy)
{
    const Link here = link_in(message, copy.mailbox);
    // A label is a wish, but one that is left over from what was untracked, or copied from it.
    const bool copied = is_pinned(message, copy) && !copy.seen;
    const bool label = !new_labels(copy).empty() && !copied;
    const bool asks = carries(copy, track) || carries(copy, tracked) || label;
    // A copy made within the mailbox says what its original says; nobody set that there.
    const bool made_here = !copy.seen && carries(copy, tracked) && message.alive;
    if (made_here && here != Link::none) {
        const bool closed = gate_closed(message, copy, false);
        if (here == Link::shared && (closed || !policy.show_shared)) {
            copy.answer = policy.show_shared ? Answer::refused : Answer::ignored;
            return say(copy, nullptr);
        }
        link(message, copy, here);
        copy.label = label_shown(copy);
        return;
    }
    if (asks && set_by_person(copy)) {
        if (gate_closed(message, copy, true))
            return say_no(copy, Answer::refused);
        link(message, copy, Link::user);
        return regard(message, copy, true);
    }

    const bool rule = asks || rule_of_mode(message, copy);
    Answer answer = Answer::ignored;
    if (is_pinned(message, copy) || (rule && message.stored && !message.alive))
        answer = Answer::untracked;
    else if (!rule && !may_show_others(message, copy))
        answer = Answer::ignored;
    else if (gate_closed(message, copy, false))
        answer = Answer::refused;
    else
        return link(message, copy, rule ? Link::rule : Link::shared);
    if (asks)
        return say_no(copy, answer);

    // Nobody asked. An answer that is still there stands; any other state somebody set goes.
    const bool stands = carries(copy, refused) && copy.answer > Answer::ignored;
    if (!stands || answer != Answer::ignored)
        copy.answer = answer;
    if (copy.seen)
        say(copy, stands ? refused : nullptr);
}

/// A tag that is there when a message is first seen is an inbox rule's, but for a message from
/// before its mailbox was enabled.
bool Office::set_by_person(const Copy& copy) const
{
    return copy.seen || copy.arrived < mailboxes.at(copy.mailbox).enabled_at;
}

bool Office::is_pinned(const Message& message, const Copy& copy) const
{
    return copy.pinned || message.pinned.contains(copy.mailbox);
}

bool Office::rule_of_mode(const Message& message, const Copy& copy) const
{
    const Mode mode = mailboxes.at(copy.mailbox).mode.value_or(policy.mode);
    if (mode >= Mode::replies && message.answers) {
        const Message& parent = messages.at(*message.answers);
        // A thread with a customer that goes on among colleagues is another one.
        const bool fork = parent.kind != Kind::internal && message.kind == Kind::internal;
        if (parent.alive && !fork)
            return true;
    }
    return mode >= Mode::contacts &&
           (message.kind == Kind::contact || message.kind == Kind::confidential);
}

/// A mailbox that tracks the message itself leaves its other copies alone.
bool Office::may_show_others(const Message& message, const Copy& copy) const
{
    return policy.show_shared && message.alive && link_in(message, copy.mailbox) <= Link::shared;
}

bool Office::gate_closed(const Message& message, const Copy& copy, bool person) const
{
    if (message.kind == Kind::confidential && !(person && message.sender == copy.mailbox))
        return true;
    if (person)
        return false;
    return (message.kind == Kind::internal && policy.internal_only) || copy.folder == "junkemail" ||
           (copy.folder == "archive" && policy.no_archive);
}

void Office::say_no(Copy& copy, Answer answer)
{
    copy.answer = answer;
    for (const std::string& one : asking_labels(copy))
        copy.categories.erase(one);
    say(copy, refused);
}

void Office::link(Message& message, Copy& copy, Link kind)
{
    const bool created = !message.stored;
    const bool revived = message.stored && !message.alive;
    if (kind != copy.link) {
        if (kind == Link::user)
            claim(message, copy);
        else if (created)
            claim_by_rule(message, copy.mailbox);
        copy.tagged = copy.edited;
    }
    copy.link = kind;
    copy.answer = Answer::none;
    copy.pinned = false;
    copy.held.reset();
    message.pinned.erase(copy.mailbox);
    copy.marked = true;
    say(copy, tracked);
    message.stored = message.alive = true;
    if (created || revived) {
        tell_answers(message);
        tell_others(message, copy.mailbox, revived);
    }
}

/// Who tagged it first owns it, and any person goes before a rule.
void Office::claim(Message& message, const Copy& copy)
{
    const std::string& address = mailboxes.at(copy.mailbox).address;
    if (message.alive && message.by_person &&
        std::tie(message.owned, message.owner) <= std::tie(copy.edited, address))
        return;
    message.owner = address;
    message.owned = copy.edited;
    message.by_person = true;
}

/// The sender if it is one of ours, else the first enabled mailbox it names.
void Office::claim_by_rule(Message& message, std::size_t mailbox)
{
    std::size_t owner = mailbox;
    const auto named = std::find_if(message.to.begin(), message.to.end(),
                                    [&](std::size_t one) { return mailboxes.at(one).enabled; });
    if (message.sender)
        owner = *message.sender;
    else if (named != message.to.end())
        owner = *named;
    message.owner = mailboxes.at(owner).address;
    message.by_person = false;
}

/// A message that is stored, or alive again, is looked at in the mailboxes that ignored it, and
/// where our category had gone with it.
void Office::tell_others(Message& message, std::size_t mailbox, bool revived)
{
    for (std::size_t other = 0; other < mailboxes.size(); ++other) {
        const bool named =
            message.sender == other || std::count(message.to.begin(), message.to.end(), other) > 0;
        const bool concerned =
            std::any_of(message.copies.begin(), message.copies.end(), [&](const Copy& one) {
                const bool waits = revived && (named || one.link != Link::none);
                return one.mailbox == other && (waits || one.answer == Answer::ignored);
            });
        if (other != mailbox && concerned)
            look_again(message, other);
    }
}

/// What answers it may belong to its thread, where the mailbox's mode follows threads.
void Office::tell_answers(const Message& message)
{
    for (Message& answer : messages) {
        if (answer.answers != message.number)
            continue;
        for (std::size_t at = 0; at < mailboxes.size(); ++at) {
            const bool ignored =
                std::any_of(answer.copies.begin(), answer.copies.end(), [&](const Copy& one) {
                    return one.mailbox == at && one.answer == Answer::ignored;
                });
            if (ignored && mailboxes[at].mode.value_or(policy.mode) != Mode::manual)
                look_again(answer, at);
        }
    }
}

void Office::look_again(Message& message, std::size_t mailbox)
{
    if (!mailboxes.at(mailbox).enabled) {
        mailboxes.at(mailbox).asked.insert(message.number);
        return;
    }
    for (Copy& one : message.copies)
        if (one.mailbox == mailbox && (one.seen || one.unread))
            look(message, one);
}

} // namespace crmsync::test
