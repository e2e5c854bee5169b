#include "simulator/ids.hpp"

#include "base/digest.hpp"

#include <fmt/format.h>

#include <array>

namespace crmsync::sim {

namespace {

constexpr std::string_view url_safe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view standard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr auto url_safe_value = [] {
    std::array<std::int8_t, 256> table{};
    for (auto& value : table)
        value = -1;
    for (std::size_t i = 0; i < url_safe.size(); ++i)
        table[static_cast<unsigned char>(url_safe[i])] = static_cast<std::int8_t>(i);
    return table;
}();

/// Whole groups of three bytes only; the ids' variable parts are such.
void append_base64(std::string& out, const std::uint8_t* bytes, std::size_t count,
                   std::string_view alphabet)
{
    for (std::size_t i = 0; i + 2 < count; i += 3) {
        const std::uint32_t group = static_cast<std::uint32_t>(bytes[i] << 16) |
                                    static_cast<std::uint32_t>(bytes[i + 1] << 8) | bytes[i + 2];
        out += alphabet[group >> 18];
        out += alphabet[(group >> 12) & 63];
        out += alphabet[(group >> 6) & 63];
        out += alphabet[group & 63];
    }
}

bool decode(std::string_view text, std::uint8_t* into)
{
    for (std::size_t i = 0; i + 3 < text.size(); i += 4) {
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 4; ++j) {
            const auto value = url_safe_value[static_cast<unsigned char>(text[i + j])];
            if (value < 0)
                return false;
            group = group << 6 | static_cast<std::uint32_t>(value);
        }
        *into++ = static_cast<std::uint8_t>(group >> 16);
        *into++ = static_cast<std::uint8_t>(group >> 8);
        *into++ = static_cast<std::uint8_t>(group);
    }
    return true;
}

void put(std::uint8_t* at, std::uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; --i, value >>= 8)
        at[i] = static_cast<std::uint8_t>(value);
}

std::uint64_t take(const std::uint8_t* at, int bytes)
{
    std::uint64_t value = 0;
    for (int i = 0; i < bytes; ++i)
        value = value << 8 | at[i];
    return value;
}

std::uint32_t check(std::uint64_t a, std::uint64_t b)
{
    std::uint64_t mixed = (a + 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9 ^ (b + 0x94d049bb133111eb);
    mixed *= 0xff51afd7ed558ccd;
    return static_cast<std::uint32_t>(mixed >> 32);
}

std::string fixed_part(std::string_view head, std::string_view mailbox, std::size_t length,
                       std::string_view alphabet)
{
    std::string text{head};
    for (int round = 0; text.size() < length; ++round) {
        const Sha256 digest = sha256(fmt::format("{}{}{}", head, mailbox, round));
        append_base64(text, digest.data(), 30, alphabet);
    }
    text.resize(length);
    return text;
}

constexpr std::size_t immutable_length = 72;
constexpr std::size_t default_length = 152;
constexpr std::size_t folder_length = 120;
constexpr std::size_t short_tail = 16; ///< 12 bytes: number and check
constexpr std::size_t long_tail = 28;  ///< 21 bytes: folder, item, stay, check, one spare

} // namespace

IdForms::IdForms(std::string_view mailbox_id)
    : immutable_prefix_(
          fixed_part("AAkALgAAAAAAHY", mailbox_id, immutable_length - short_tail, url_safe)),
      default_prefix_(fixed_part("AAMkAD", mailbox_id, default_length - long_tail - 4, url_safe)),
      folder_prefix_(fixed_part("AQMkAD", mailbox_id, folder_length - short_tail - 4, url_safe)),
      conversation_prefix_(fixed_part("AAQkAD", mailbox_id, 60, url_safe)),
      change_prefix_(fixed_part("CQAAABYAAAA", mailbox_id, 32, standard))
{}

void IdForms::append_immutable(std::string& out, std::uint64_t serial) const
{
    std::uint8_t tail[12];
    put(tail, serial, 8);
    put(tail + 8, check(serial, 1), 4);
    out += immutable_prefix_;
    append_base64(out, tail, sizeof tail, url_safe);
}

void IdForms::append_default(std::string& out, std::uint64_t serial, std::uint32_t folder,
                             std::uint32_t placement) const
{
    std::uint8_t tail[21]{};
    put(tail, folder, 4);
    put(tail + 4, serial, 8);
    put(tail + 12, placement, 4);
    put(tail + 16, check(serial, placement), 4);
    out += default_prefix_;
    append_base64(out, tail, sizeof tail, url_safe);
    out += "AAA="; // as most ids of the service end: the client must encode what a URL needs
}

std::string IdForms::folder(std::uint32_t serial) const
{
    std::uint8_t tail[12]{};
    put(tail + 4, serial, 4);
    put(tail + 8, check(serial, 2), 4);
    std::string id = folder_prefix_;
    append_base64(id, tail, sizeof tail, url_safe);
    return id + "AAA=";
}

std::string IdForms::conversation(std::uint64_t key) const
{
    std::uint8_t tail[12]{};
    put(tail, key, 8);
    put(tail + 8, check(key, 3), 4);
    std::string id = conversation_prefix_;
    append_base64(id, tail, sizeof tail, url_safe);
    return id + "=";
}

void IdForms::append_change_key(std::string& out, std::uint64_t change) const
{
    std::uint8_t tail[6];
    put(tail, change, 6);
    out += change_prefix_;
    append_base64(out, tail, sizeof tail, standard);
}

IdForms::Reading IdForms::read_item(std::string_view id, ItemId& into) const
{
    std::uint8_t tail[21];
    if (id.size() == immutable_length && id.starts_with("AAkALg")) {
        if (!decode(id.substr(immutable_length - short_tail), tail))
            return Reading::malformed;
        into = ItemId{.serial = take(tail, 8), .immutable = true};
        if (take(tail + 8, 4) != check(into.serial, 1))
            return Reading::malformed;
        return id.starts_with(immutable_prefix_) ? Reading::own : Reading::foreign;
    }
    if (id.size() == default_length && id.starts_with("AAMkAD") && id.ends_with("AAA=")) {
        if (!decode(id.substr(default_length - long_tail - 4, long_tail), tail))
            return Reading::malformed;
        into = ItemId{.serial = take(tail + 4, 8),
                      .immutable = false,
                      .placement = static_cast<std::uint32_t>(take(tail + 12, 4))};
        if (take(tail + 16, 4) != check(into.serial, into.placement))
            return Reading::malformed;
        return id.starts_with(default_prefix_) ? Reading::own : Reading::foreign;
    }
    std::uint32_t folder = 0;
    return read_folder(id, folder) == Reading::malformed ? Reading::malformed : Reading::foreign;
}

IdForms::Reading IdForms::read_folder(std::string_view id, std::uint32_t& into) const
{
    std::uint8_t tail[12];
    if (id.size() != folder_length || !id.starts_with("AQMkAD") || !id.ends_with("AAA=") ||
        !decode(id.substr(folder_length - short_tail - 4, short_tail), tail))
        return Reading::malformed;
    into = static_cast<std::uint32_t>(take(tail + 4, 4));
    if (take(tail + 8, 4) != check(into, 2))
        return Reading::malformed;
    return id.starts_with(folder_prefix_) ? Reading::own : Reading::foreign;
}

std::string attachment_id(std::string_view message_id, std::uint32_t number)
{
    while (message_id.ends_with('='))
        message_id.remove_suffix(1);
    std::uint8_t tail[12]{};
    put(tail + 4, number, 4);
    put(tail + 8, check(number, hash64(message_id)), 4);
    std::string id{message_id};
    id += "BEgAQA";
    append_base64(id, tail, sizeof tail, url_safe);
    return id + "=";
}

std::optional<std::uint32_t> attachment_number(std::string_view message_id, std::string_view id)
{
    if (id.size() < short_tail + 1)
        return std::nullopt;
    std::uint8_t tail[12];
    if (!decode(id.substr(id.size() - short_tail - 1, short_tail), tail))
        return std::nullopt;
    const auto number = static_cast<std::uint32_t>(take(tail + 4, 4));
    if (attachment_id(message_id, number) != id)
        return std::nullopt;
    return number;
}

std::uint64_t hash64(std::string_view text, std::uint64_t seed)
{
    std::uint64_t hash = 0xcbf29ce484222325 ^ seed;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash ^= hash >> 33;
    hash *= 0xff51afd7ed558ccd;
    return hash ^ hash >> 33;
}

std::string guid_of(std::string_view text)
{
    const Sha256 digest = sha256(text);
    const std::string digits = hex(bytes_of(digest));
    const std::string_view all = digits;
    return fmt::format("{}-{}-4{}-8{}-{}", all.substr(0, 8), all.substr(8, 4), all.substr(13, 3),
                       all.substr(17, 3), all.substr(20, 12));
}

} // namespace crmsync::sim
