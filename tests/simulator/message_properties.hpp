#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace crmsync::sim {

/// The properties of a message that Graph v1.0 knows, as bits of a set.
enum MessageProperty : std::uint64_t {
    p_created = 1ULL << 0,
    p_modified = 1ULL << 1,
    p_change_key = 1ULL << 2,
    p_categories = 1ULL << 3,
    p_received = 1ULL << 4,
    p_sent = 1ULL << 5,
    p_has_attachments = 1ULL << 6,
    p_message_id = 1ULL << 7,
    p_subject = 1ULL << 8,
    p_preview = 1ULL << 9,
    p_importance = 1ULL << 10,
    p_parent_folder = 1ULL << 11,
    p_conversation_id = 1ULL << 12,
    p_conversation_index = 1ULL << 13,
    p_delivery_receipt = 1ULL << 14,
    p_read_receipt = 1ULL << 15,
    p_is_read = 1ULL << 16,
    p_is_draft = 1ULL << 17,
    p_web_link = 1ULL << 18,
    p_inference = 1ULL << 19,
    p_body = 1ULL << 20,
    p_sender = 1ULL << 21,
    p_from = 1ULL << 22,
    p_to = 1ULL << 23,
    p_cc = 1ULL << 24,
    p_bcc = 1ULL << 25,
    p_reply_to = 1ULL << 26,
    p_flag = 1ULL << 27,
    p_unique_body = 1ULL << 28,
    p_headers = 1ULL << 29,
    p_id = 1ULL << 30, ///< always there, but may be named
    p_extended = 1ULL << 31,
    p_attachments = 1ULL << 32,
    p_extensions = 1ULL << 33,
    p_multi_value = 1ULL << 34,
};

struct PropertyRow {
    std::string_view name;
    std::uint64_t bit;
    enum class Writable { never, always, draft } writable;
};

std::span<const PropertyRow> message_properties();
/// Names are compared without case: requests may write them in any (G-334).
const PropertyRow* message_property(std::string_view name);

/// What an answer holds when nothing was selected.
inline constexpr std::uint64_t default_message_properties =
    (p_unique_body - 1); // everything before uniqueBody
inline constexpr std::uint64_t navigation_properties =
    p_extended | p_attachments | p_extensions | p_multi_value;
/// What Mail.ReadBasic does not show.
inline constexpr std::uint64_t beyond_basic =
    p_body | p_preview | p_unique_body | p_headers | navigation_properties;

} // namespace crmsync::sim
