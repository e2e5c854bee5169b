#pragma once

#include "base/timestamp.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace crmsync::sim {

/// JSON is built by appending to one string: a page of 500 messages is one buffer, never a tree.
/// Bytes that are no UTF-8 go through unchanged, as a broken mailbox would send them.
void append_escaped(std::string& out, std::string_view text);
void append_string(std::string& out, std::string_view text);
void append_number(std::string& out, std::uint64_t value);
void append_bool(std::string& out, bool value);
/// "2026-03-02T09:15:00Z" in quotes: Outlook's times have whole seconds.
void append_time(std::string& out, Timestamp at);
std::string time_text(Timestamp at);

/// Writes `"name":`, with a comma before it unless it is the first of its object.
void append_name(std::string& out, std::string_view name);

} // namespace crmsync::sim
