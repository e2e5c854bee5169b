#include "e2e/in_process/office_words.hpp"

#include <algorithm>

namespace crmsync::test {

using Copy = Office::Copy;

namespace {

constexpr std::string_view prefix = "CRM: ";

bool is_label(const std::string& category) { return category.starts_with(prefix); }

/// What a label leads to: "" where no record is called that.
std::string record_of(const std::string& label)
{
    const std::string name = label.substr(prefix.size());
    return name == "Nobody" ? std::string() : name;
}

} // namespace

std::vector<std::string> new_labels(const Copy& copy)
{
    std::vector<std::string> labels;
    for (const std::string& category : copy.categories)
        if (is_label(category) && category != copy.label)
            labels.push_back(category);
    return labels;
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
    const std::vector<std::string> labels = new_labels(copy);
    const bool gone = !copy.label.empty() && !copy.categories.contains(copy.label);
    if (labels.empty()) {
        if (gone) {
            choose(message, copy.mailbox, "");
            copy.label.clear();
        }
        return;
    }
    const std::string record = labels.size() == 1 ? record_of(labels.front()) : std::string();
    if (record.empty())
        return say(copy, review);
    if (by_person)
        choose(message, copy.mailbox, record);
    copy.categories.erase(copy.label);
    copy.label = labels.front();
}

/// The owner's choice is what it is about, another's becomes a connection; "": about nothing.
void Office::choose(Message& message, std::size_t mailbox, const std::string& record)
{
    std::erase_if(message.connections,
                  [&](const auto& one) { return one.second == mailbox && one.first != record; });
    const bool owner = message.owner == mailboxes.at(mailbox).address;
    if (message.chosen && message.chooser != mailbox && !owner) {
        if (!record.empty() && record != message.regarding)
            message.connections.try_emplace(record, mailbox);
        return;
    }
    const bool replaces = message.chosen && message.chooser != mailbox && !record.empty() &&
                          !message.regarding.empty() && message.regarding != record;
    if (replaces)
        message.connections.try_emplace(message.regarding, message.chooser);
    message.chosen = true;
    message.regarding = record;
    message.chooser = mailbox;
}

} // namespace crmsync::test
