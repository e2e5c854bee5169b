#include "e2e/in_process/office_words.hpp"

#include <algorithm>
#include <tuple>

namespace crmsync::test {

using Copy = Office::Copy;

namespace {

constexpr int most_removals = 10; ///< of mailboxes with less than 200 links
constexpr std::chrono::hours window{1};

} // namespace

/// More removals within an hour than are believed: what was let go in it, and what is held since.
bool Office::guard_holds(const Copy& copy, int at_once) const
{
    int removals = at_once;
    for (const Message& message : messages)
        for (const Copy& one : message.copies) {
            const std::optional<Timestamp>& at = one.held ? one.held : one.let_go;
            if (one.mailbox == copy.mailbox && at && (one.held || one.pinned) &&
                copy.edited - *at < window)
                ++removals;
        }
    return removals > most_removals;
}

void Office::confirm_held(std::size_t mailbox)
{
    for (Message& message : messages)
        for (Copy& copy : message.copies) {
            if (copy.mailbox != mailbox || !copy.held)
                continue;
            copy.held.reset();
            if (copy.gone)
                continue;
            untrack(message, copy);
            copy.let_go.reset(); // a person said so: it counts no more
        }
}

void Office::reject_held(std::size_t mailbox)
{
    for (Message& message : messages)
        for (Copy& copy : message.copies) {
            if (copy.mailbox != mailbox || !copy.held)
                continue;
            copy.held.reset();
            if (message.alive && !copy.gone)
                say(copy, tracked);
        }
}

void Office::untrack(Message& message, Copy& copy)
{
    const std::size_t here = copy.mailbox;
    // Of what others track by rule a mailbox only loses the sight, be it its own user who owns it.
    const bool others_track =
        std::any_of(message.copies.begin(), message.copies.end(), [&](const Copy& one) {
            return one.mailbox != here && one.link > Link::shared;
        });
    const bool shared_only =
        link_in(message, here) == Link::shared && others_track && !message.by_person;
    copy.link = Link::none;
    copy.marked = false;
    copy.pinned = true;
    copy.held.reset();
    copy.let_go = copy.edited;
    copy.label.clear();
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
        if (one.mailbox == here) {
            one.link = Link::none;
            one.label.clear();
        }
    if (message.alive && !shared_only && message.owner == mailboxes.at(here).address)
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
        follow_choice(message, heir->mailbox);
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
