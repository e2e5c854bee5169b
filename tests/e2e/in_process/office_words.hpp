#pragma once

#include "e2e/in_process/office.hpp"

// What the files of the reference say to each other. Not for use outside of it.
namespace crmsync::test {

inline constexpr const char* track = "CRM Track";
inline constexpr const char* tracked = "CRM Tracked";
inline constexpr const char* review = "CRM Review";
inline constexpr const char* refused = "CRM Refused";
inline constexpr const char* failed = "CRM Failed";

inline bool carries(const Office::Copy& copy, const char* category)
{
    return copy.categories.contains(category);
}

/// At most one state is on an item.
void say(Office::Copy& copy, const char* state);

/// How a mailbox itself holds a message: of several copies the strongest word. Copies that were
/// deleted count: the link remembers where the message was.
Office::Link link_in(const Office::Message& message, std::size_t mailbox);

/// Regarding categories on it that were not there when the service last looked.
std::vector<std::string> new_labels(const Office::Copy& copy);
/// Those that are to be answered: the new ones, else all that were not answered yet.
std::vector<std::string> asking_labels(const Office::Copy& copy);
/// Whether they lead to one record: then whoever set them has tagged the item.
bool is_understood(const Office::Copy& copy);
/// Of several that were asked about one is left.
bool is_narrowed(const Office::Copy& copy);
/// The only one it has, as the display of what was answered elsewhere.
std::string label_shown(const Office::Copy& copy);

} // namespace crmsync::test
