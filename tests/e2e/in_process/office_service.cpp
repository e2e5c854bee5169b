#include "e2e/in_process/office.hpp"

#include <algorithm>
#include <tuple>

namespace crmsync::test {

namespace {

using Copy = Office::Copy;

constexpr const char* track = "CRM Track";
constexpr const char* tracked = "CRM Tracked";
constexpr const char* review = "CRM Review";
constexpr const char* refused = "CRM Refused";
constexpr const char* failed = "CRM Failed";

bool carries(const Copy& copy, const char* category) { return copy.categories.contains(category); }

/// At most one state is on an item.
void say(Copy& copy, const char* state)
{
    for (const char* one : {track, tracked, review, refused, failed})
        copy.categories.erase(one);
    if (state)
        copy.categories.insert(state);
}

/// How a mailbox itself holds a message: of several copies the strongest word. Copies that were
/// deleted count: the link remembers where the message was.
Office::Link link_in(const Office::Message& message, std::size_t mailbox)
{
    Office::Link strongest = Office::Link::none;
    for (const Copy& one : message.copies)
        if (one.mailbox == mailbox)
            strongest = std::max(strongest, one.link);
    return strongest;
}

} // namespace

void Office::look(Message& message, Copy& copy)
{
    copy.unread = !mailboxes.at(copy.mailbox).enabled;
    if (copy.gone || copy.unread)
        return;
    if (copy.link != Link::none)
        look_at_linked(message, copy);
    else
        look_at_unlinked(message, copy);
    copy.seen = true;
}

void Office::look_at_linked(Message& message, Copy& copy)
{
    const bool by_hand = carries(copy, tracked) && !copy.marked;
    if (carries(copy, track) || (!message.alive && by_hand))
        link(message, copy, Link::user);
    else if (message.alive && copy.marked && !carries(copy, tracked) && !carries(copy, review))
        untrack(message, copy);
    else if (message.alive)
        link(message, copy, copy.link); // says so again, and nothing else of ours
}

void Office::look_at_unlinked(Message& message, Copy& copy)
{
    const Link here = link_in(message, copy.mailbox);
    const bool asks = carries(copy, track) || carries(copy, tracked);
    // A copy made within the mailbox says what its original says; nobody set that there.
    const bool made_here = !copy.seen && carries(copy, tracked) && message.alive;
    if (made_here && here != Link::none)
        return link(message, copy, here);
    if (asks && set_by_person(copy)) {
        if (gate_closed(message, copy, true))
            return say_no(copy, Answer::refused);
        return link(message, copy, Link::user);
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
        for (std::size_t at = 0; at < mailboxes.size(); ++at)
            if (mailboxes[at].mode.value_or(policy.mode) != Mode::manual)
                look_again(answer, at);
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

void Office::untrack(Message& message, Copy& copy)
{
    const std::size_t here = copy.mailbox;
    const bool shared_only = link_in(message, here) == Link::shared;
    copy.link = Link::none;
    copy.marked = false;
    copy.pinned = true;
    copy.answer = Answer::untracked;
    say(copy, nullptr);
    const bool tag_left =
        std::any_of(message.copies.begin(), message.copies.end(), [&](const Copy& one) {
            return one.mailbox == here && one.link != Link::none && !one.gone && one.marked;
        });
    if (tag_left)
        return;
    message.pinned.insert(here);
    for (Copy& one : message.copies)
        if (one.mailbox == here)
            one.link = Link::none;
    if (!shared_only && message.owner == mailboxes.at(here).address)
        pass_on(message, here);
}

/// To who tagged it earliest in another mailbox; else the copy goes.
void Office::pass_on(Message& message, std::size_t from)
{
    const Copy* heir = nullptr;
    const auto place = [&](const Copy& one) {
        return std::tie(one.tagged, mailboxes.at(one.mailbox).address);
    };
    for (const Copy& one : message.copies)
        if (one.mailbox != from && one.link == Link::user && (!heir || place(one) < place(*heir)))
            heir = &one;
    if (heir) {
        message.owner = mailboxes.at(heir->mailbox).address;
        message.owned = heir->tagged;
        message.by_person = true;
        return;
    }
    if (policy.keep)
        return;
    message.alive = false;
    for (Copy& one : message.copies)
        take_mark_off(message, one);
}

/// Where nothing is tracked any more. The service's own write, not an untrack; in a mailbox that is
/// disabled it waits.
void Office::take_mark_off(const Message& message, Copy& copy)
{
    const bool tracked_here = message.alive && copy.link != Link::none;
    if (tracked_here || !copy.marked || !mailboxes.at(copy.mailbox).enabled)
        return;
    copy.categories.erase(tracked);
    copy.categories.erase(review);
    copy.marked = false;
}

} // namespace crmsync::test
