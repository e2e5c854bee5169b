#include "simulator/cursor.hpp"

#include "base/digest.hpp"
#include "base/failure.hpp"
#include "simulator/ids.hpp"

namespace crmsync::sim {

namespace {

void put(std::string& out, std::uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; --i)
        out += static_cast<char>(value >> (i * 8));
}

std::uint64_t take(std::string_view& in, int bytes)
{
    std::uint64_t value = 0;
    for (int i = 0; i < bytes; ++i)
        value = value << 8 | static_cast<unsigned char>(in[static_cast<std::size_t>(i)]);
    in.remove_prefix(static_cast<std::size_t>(bytes));
    return value;
}

constexpr std::size_t length = 4 * 4 + 4 * 8 + 2 * 4 + 3 * 8 + 1;
constexpr char mask = '\x5a'; ///< so that nobody reads the numbers by accident

} // namespace

std::string Cursor::text() const
{
    std::string bytes;
    put(bytes, mailbox, 4);
    put(bytes, folder, 4);
    put(bytes, epoch, 4);
    put(bytes, query, 4);
    put(bytes, base, 8);
    put(bytes, position, 8);
    put(bytes, first_end, 8);
    put(bytes, round, 8);
    put(bytes, page, 4);
    put(bytes, sent, 4);
    put(bytes, static_cast<std::uint64_t>(floor.time_since_epoch().count()), 8);
    put(bytes, newest_first, 1);
    put(bytes, static_cast<std::uint64_t>(last_received.time_since_epoch().count()), 8);
    put(bytes, last_item, 8);
    put(bytes, hash64(bytes), 5);
    char previous = mask;
    for (char& c : bytes)
        previous = c = static_cast<char>(c ^ previous);
    return base64_url(bytes);
}

std::optional<Cursor> read_cursor(std::string_view text)
{
    std::string bytes;
    try {
        std::string standard{text};
        for (char& c : standard)
            c = c == '-' ? '+' : c == '_' ? '/' : c;
        while (standard.size() % 4 != 0)
            standard += '=';
        bytes = from_base64(standard);
    } catch (const Failure&) {
        return std::nullopt;
    }
    if (bytes.size() != length + 5)
        return std::nullopt;
    char previous = mask;
    for (char& c : bytes) {
        const char hidden = c;
        c = static_cast<char>(c ^ previous);
        previous = hidden;
    }
    std::string sum;
    put(sum, hash64(std::string_view(bytes).substr(0, length)), 5);
    if (!bytes.ends_with(sum))
        return std::nullopt;
    std::string_view in = bytes;
    Cursor cursor;
    cursor.mailbox = static_cast<std::uint32_t>(take(in, 4));
    cursor.folder = static_cast<std::uint32_t>(take(in, 4));
    cursor.epoch = static_cast<std::uint32_t>(take(in, 4));
    cursor.query = static_cast<std::uint32_t>(take(in, 4));
    cursor.base = take(in, 8);
    cursor.position = take(in, 8);
    cursor.first_end = take(in, 8);
    cursor.round = take(in, 8);
    cursor.page = static_cast<std::uint32_t>(take(in, 4));
    cursor.sent = static_cast<std::uint32_t>(take(in, 4));
    cursor.floor = Timestamp(std::chrono::microseconds(static_cast<std::int64_t>(take(in, 8))));
    cursor.newest_first = take(in, 1) != 0;
    cursor.last_received =
        Timestamp(std::chrono::microseconds(static_cast<std::int64_t>(take(in, 8))));
    cursor.last_item = take(in, 8);
    return cursor;
}

} // namespace crmsync::sim
