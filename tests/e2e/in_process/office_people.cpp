#include "base/text.hpp"
#include "e2e/in_process/office.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace crmsync::test {

namespace {

/// What a person said it is about.
std::string about(const Office::Message& message)
{
    std::string text;
    if (message.chosen)
        text = ", about " + (message.regarding.empty() ? "nothing" : message.regarding);
    std::set<std::string> others;
    for (const auto& [choice, at] : message.connections)
        if (choice.first != message.regarding)
            others.insert(choice.first);
    for (const std::string& record : others)
        text += ", and " + record;
    return text;
}

std::string_view word(Office::Link link)
{
    constexpr std::array words{"", " shared", " rule", " user"};
    return words.at(static_cast<std::size_t>(link));
}

} // namespace

void Office::arrive(Message message)
{
    message.number = messages.size();
    messages.push_back(std::move(message));
    for (Copy& copy : messages.back().copies)
        look(messages.back(), copy);
}

void Office::copy_arrives(Message& message, Copy copy)
{
    message.copies.push_back(std::move(copy));
    look(message, message.copies.back());
}

void Office::enable(std::size_t mailbox, Timestamp now)
{
    Mailbox& box = mailboxes.at(mailbox);
    box.enabled = true;
    box.enabled_at = now;
    for (Message& message : messages)
        for (Copy& copy : message.copies)
            if (copy.mailbox == mailbox) {
                take_mark_off(message, copy);
                if (copy.unread)
                    look(message, copy);
            }
    for (const std::size_t number : std::exchange(box.asked, {}))
        look_again(messages.at(number), mailbox);
}

void Office::read_again(std::size_t mailbox)
{
    for (Message& message : messages)
        for (Copy& copy : message.copies)
            if (copy.mailbox == mailbox)
                look(message, copy);
}

void Office::grace_is_over()
{
    for (Message& message : messages) {
        if (!message.stored || message.alive)
            continue;
        message.stored = message.chosen = false;
        message.regarding.clear();
        message.connections.clear();
        for (Copy& copy : message.copies) {
            if (copy.link == Link::none)
                continue;
            copy.link = Link::none;
            copy.label.clear();
            copy.held.reset();
            copy.answer = Answer::ignored;
        }
    }
}

std::vector<std::string> Office::facts() const
{
    std::vector<std::string> lines;
    for (const Message& message : messages) {
        if (message.stored)
            lines.push_back(message.alive ? fmt::format("m{} belongs to {}{}", message.number,
                                                        message.owner, about(message))
                                          : fmt::format("m{} is a tombstone", message.number));
        for (std::size_t i = 0; i < message.copies.size(); ++i) {
            const Copy& copy = message.copies[i];
            if (copy.gone)
                continue;
            lines.push_back(fmt::format("{} [{}]{}", copy.name, fmt::join(copy.categories, ", "),
                                        message.alive ? word(copy.link) : ""));
        }
    }
    return lines;
}

} // namespace crmsync::test
