#include "base/uuid.hpp"

#include "base/digest.hpp"

#include <algorithm>

namespace crmsync {

namespace {

int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool dash_at(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

} // namespace

Uuid make_uuid(Timestamp now)
{
    Uuid uuid;
    const auto since_1970 =
        std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
    for (std::size_t i = 0; i < 6; ++i)
        uuid.bytes[i] = static_cast<std::uint8_t>(since_1970 >> (40 - 8 * i));
    const std::string random = random_bytes(10);
    std::copy(random.begin(), random.end(), uuid.bytes.begin() + 6);
    uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0F) | 0x70); // version 7
    uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3F) | 0x80); // variant of RFC 9562
    return uuid;
}

std::string to_string(const Uuid& uuid)
{
    std::string text = hex({reinterpret_cast<const char*>(uuid.bytes.data()), uuid.bytes.size()});
    for (const std::size_t at : {8, 13, 18, 23})
        text.insert(at, 1, '-');
    return text;
}

std::optional<Uuid> parse_uuid(std::string_view text)
{
    if (text.size() != 36)
        return std::nullopt;
    Uuid uuid;
    std::size_t nibble = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (dash_at(i)) {
            if (text[i] != '-')
                return std::nullopt;
            continue;
        }
        const int digit = hex_digit(text[i]);
        if (digit < 0)
            return std::nullopt;
        std::uint8_t& byte = uuid.bytes[nibble / 2];
        byte = static_cast<std::uint8_t>((byte << 4) | digit);
        ++nibble;
    }
    return uuid;
}

} // namespace crmsync
