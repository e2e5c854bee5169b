#include "base/digest.hpp"

#include "base/failure.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
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

constexpr std::size_t block_bytes = 64; // of SHA-256
constexpr char inner_pad = 0x36;
constexpr char outer_pad = 0x5C;

/// Looked up once: EVP_sha256() would be resolved again at every use.
const EVP_MD* sha256_algorithm()
{
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
    return algorithm;
}

void require(bool done)
{
    if (!done)
        throw std::runtime_error("SHA-256 is not available");
}

[[noreturn]] void refuse_base64()
{
    throw Failure(Reaction::set_aside, "base64.invalid", "the text is not base64");
}

} // namespace

Sha256Sum::Sha256Sum() : context_(EVP_MD_CTX_new())
{
    require(context_ && EVP_DigestInit_ex(context_.get(), sha256_algorithm(), nullptr) == 1);
}

void Sha256Sum::add(std::string_view bytes)
{
    require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

Sha256 Sha256Sum::digest()
{
    Sha256 digest{};
    require(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1);
    return digest;
}

void Sha256Sum::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256 sha256(std::string_view bytes)
{
    Sha256Sum hashing;
    hashing.add(bytes);
    return hashing.digest();
}

Sha256 hmac_sha256(std::string_view key, std::string_view bytes)
{
    // RFC 2104. By hand, since OpenSSL 3 looks its MAC up by name at every call, which costs
    // several times the hashing of texts as short as ours.
    std::array<char, block_bytes> pad{};
    if (key.size() > pad.size()) {
        const Sha256 shorter = sha256(key);
        std::copy(shorter.begin(), shorter.end(), pad.begin());
    } else {
        std::copy(key.begin(), key.end(), pad.begin());
    }
    const auto flip = [&](char with) {
        for (char& c : pad)
            c = static_cast<char>(c ^ with);
        return std::string_view(pad.data(), pad.size());
    };
    Sha256Sum inner;
    inner.add(flip(inner_pad));
    inner.add(bytes);
    const Sha256 inside = inner.digest();
    Sha256Sum outer;
    outer.add(flip(inner_pad ^ outer_pad));
    outer.add(bytes_of(inside));
    OPENSSL_cleanse(pad.data(), pad.size());
    return outer.digest();
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
