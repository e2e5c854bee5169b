#include "base/digest.hpp"

#include "base/failure.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <stdexcept>

namespace crmsync {

namespace {

constexpr std::string_view standard_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::uint8_t no_digit = 0xFF;
constexpr std::uint8_t white_space = 0xFE;

constexpr std::array<std::uint8_t, 256> decoding = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(no_digit);
    for (std::size_t i = 0; i < standard_alphabet.size(); ++i)
        table[static_cast<unsigned char>(standard_alphabet[i])] = static_cast<std::uint8_t>(i);
    for (const char c : {' ', '\t', '\r', '\n'})
        table[static_cast<unsigned char>(c)] = white_space;
    return table;
}();

const unsigned char* unsigned_bytes(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string encode(std::string_view bytes, std::string_view alphabet, bool padded)
{
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    const unsigned char* in = unsigned_bytes(bytes);
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        const std::uint32_t group = (std::uint32_t(in[i]) << 16) | (in[i + 1] << 8) | in[i + 2];
        text += alphabet[group >> 18];
        text += alphabet[(group >> 12) & 63];
        text += alphabet[(group >> 6) & 63];
        text += alphabet[group & 63];
    }
    const std::size_t rest = bytes.size() - i;
    if (rest == 0)
        return text;
    const std::uint32_t group = (std::uint32_t(in[i]) << 16) | (rest == 2 ? in[i + 1] << 8 : 0);
    text += alphabet[group >> 18];
    text += alphabet[(group >> 12) & 63];
    if (rest == 2)
        text += alphabet[(group >> 6) & 63];
    if (padded)
        text.append(3 - rest, '=');
    return text;
}

[[noreturn]] void refuse_base64()
{
    throw Failure(Reaction::set_aside, "base64.invalid", "the text is not base64");
}

} // namespace

Sha256 sha256(std::string_view bytes)
{
    Sha256 digest{};
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("SHA-256 is not available");
    return digest;
}

Sha256 hmac_sha256(std::string_view key, std::string_view bytes)
{
    Sha256 digest{};
    unsigned length = 0;
    const auto* done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                            unsigned_bytes(bytes), bytes.size(), digest.data(), &length);
    if (done == nullptr || length != digest.size())
        throw std::runtime_error("HMAC-SHA-256 is not available");
    return digest;
}

std::string hex(std::string_view bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string base64(std::string_view bytes) { return encode(bytes, standard_alphabet, true); }

std::string base64_url(std::string_view bytes) { return encode(bytes, url_alphabet, false); }

std::string from_base64(std::string_view text)
{
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t group = 0;
    int digits = 0;
    int padding = 0;
    for (const char c : text) {
        const std::uint8_t value = decoding[static_cast<unsigned char>(c)];
        if (value == white_space)
            continue;
        if (c == '=') {
            ++padding;
            continue;
        }
        if (value == no_digit || padding > 0)
            refuse_base64();
        group = (group << 6) | value;
        if (++digits < 4)
            continue;
        bytes += static_cast<char>(group >> 16);
        bytes += static_cast<char>(group >> 8);
        bytes += static_cast<char>(group);
        group = 0;
        digits = 0;
    }
    if (digits == 1 || padding != (4 - digits) % 4)
        refuse_base64();
    if (digits == 2)
        bytes += static_cast<char>(group >> 4);
    if (digits == 3) {
        bytes += static_cast<char>(group >> 10);
        bytes += static_cast<char>(group >> 2);
    }
    return bytes;
}

std::string random_bytes(std::size_t count)
{
    std::string bytes(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1)
        throw std::runtime_error("the operating system gave no random bytes");
    return bytes;
}

} // namespace crmsync
