#include "e2e/in_process/office_words.hpp"

#include <algorithm>
#include <tuple>

namespace crmsync::test {

using Copy = Office::Copy;

namespace {

constexpr std::string_view prefix = "CRM: ";

/// What a label leads to: "" where no record is called that.
std::string record_of(const std::string& label)
{
    const std::string name = label.substr(prefix.size());
    return name == "Nobody" ? std::string() : name;
}

std::vector<std::string> open_labels(const Copy& copy)
{
    std::vector<std::string> labels;
    for (const std::string& category : copy.categories)
        if (is_label(category) && category != copy.label)
            labels.push_back(category);
    return labels;
}

} // namespace

std::vector<std::string> new_labels(const Copy& copy)
{
    std::vector<std::string> labels = open_labels(copy);
    std::erase_if(labels, [&](const std::string& label) { return copy.read.contains(label); });
    return labels;
}

std::vector<std::string> asking_labels(const Copy& copy)
{
    std::vector<std::string> labels = new_labels(copy);
    return labels.empty() ? open_labels(copy) : labels;
}

bool is_understood(const Copy& copy)
{
    const std::vector<std::string> labels = asking_labels(copy);
    return labels.size() == 1 && !record_of(labels.front()).empty();
}

bool is_narrowed(const Copy& copy)
{
    return !open_labels(copy).empty() &&
           std::any_of(copy.read.begin(), copy.read.end(), [&](const std::string& label) {
               return label != copy.label && !copy.categories.contains(label);
           });
}

std::string label_shown(const Copy& copy)
{
    const auto label = std::find_if(copy.categories.begin(), copy.categories.end(), is_label);
    return label == copy.categories.end() ? std::string() : *label;
}

/// A label sets what the message is about, replaces the one before, and clears it when it is taken
/// off. One that leads nowhere is a question to who set it.
void Office::regard(Message& message, Copy& copy, bool by_person)
{
    const std::vector<std::string> labels = asking_labels(copy);
    const bool gone = !copy.label.empty() && !copy.categories.contains(copy.label);
    if (labels.empty()) {
        if (gone) {
            choose(message, copy, "");
            copy.label.clear();
        }
        return;
    }
    const std::string record = labels.size() == 1 ? record_of(labels.front()) : std::string();
    if (record.empty())
        return say(copy, review);
    if (by_person)
        choose(message, copy, record);
    copy.label = labels.front();
    std::erase_if(copy.categories, [&](const std::string& category) {
        return is_label(category) && category != copy.label;
    });
}

/// The owner's choice is what it is about, else the one first made earlier, then that of the
/// smaller address; another's becomes a connection. "": about nothing.
void Office::choose(Message& message, const Copy& copy, const std::string& record)
{
    const std::size_t mailbox = copy.mailbox;
    const std::string& address = mailboxes.at(mailbox).address;
    const std::string& before = mailboxes.at(message.chooser).address;
    const bool again = message.chosen && message.chooser == mailbox;
    const bool earlier = !record.empty() && before != message.owner &&
                         std::tie(copy.edited, address) < std::tie(message.chosen_at, before);
    std::erase_if(message.connections, [&](const auto& one) {
        return one.first.second == mailbox && one.first.first != record;
    });
    if (message.chosen && !again && message.owner != address && !earlier) {
        if (!record.empty())
            message.connections.emplace(std::pair(record, mailbox), copy.edited);
        return;
    }
    if (message.chosen && !again && !record.empty() && !message.regarding.empty())
        message.connections.emplace(std::pair(message.regarding, message.chooser),
                                    message.chosen_at);
    message.connections.erase({record, mailbox});
    message.chosen_at = again ? std::min(message.chosen_at, copy.edited) : copy.edited;
    message.chosen = true;
    message.regarding = record;
    message.chooser = mailbox;
}

/// Whoever owns it now: what that one chose before is what it is about.
void Office::follow_choice(Message& message, std::size_t mailbox)
{
    const auto choice = std::find_if(message.connections.begin(), message.connections.end(),
                                     [&](const auto& one) { return one.first.second == mailbox; });
    if (choice == message.connections.end() || (message.chosen && message.chooser == mailbox))
        return;
    const auto [chosen, at] = *choice;
    message.connections.erase(choice);
    if (message.chosen && !message.regarding.empty())
        message.connections.emplace(std::pair(message.regarding, message.chooser),
                                    message.chosen_at);
    message.chosen = true;
    message.regarding = chosen.first;
    message.chooser = mailbox;
    message.chosen_at = at;
}

} // namespace crmsync::test
