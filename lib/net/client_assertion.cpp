#include "net/client_assertion.hpp"

#include "base/digest.hpp"
#include "base/failure.hpp"
#include "base/uuid.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <stdexcept>

namespace crmsync::net {
namespace {

template <auto free>
struct Free {
    template <class T>
    void operator()(T* pointer) const
    {
        free(pointer);
    }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Signing = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;

constexpr std::chrono::minutes lifetime{10};

Bio reader(std::string_view pem)
{
    return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

/// Asks nobody for the passphrase of a key: a daemon has no terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

Certificate read_certificate(std::string_view pem)
{
    Certificate certificate(PEM_read_bio_X509(reader(pem).get(), nullptr, no_passphrase, nullptr));
    if (!certificate)
        throw UsageError("certificate_file does not begin with a PEM certificate");
    return certificate;
}

PrivateKey read_key(std::string_view pem)
{
    PrivateKey key(PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, no_passphrase, nullptr));
    if (!key)
        throw UsageError("private_key_file holds no PEM private key without a passphrase");
    if (EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA)
        throw UsageError("private_key_file must hold an RSA key: the provider takes no other");
    return key;
}

std::string thumbprint_of(const Certificate& certificate)
{
    unsigned char* der = nullptr;
    const int length = i2d_X509(certificate.get(), &der);
    if (length <= 0)
        throw UsageError("certificate_file cannot be encoded as DER");
    const std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
    OPENSSL_free(der);
    return base64_url(bytes_of(sha256(bytes)));
}

} // namespace

struct ClientAssertion::Key {
    PrivateKey pkey;
};

ClientAssertion::ClientAssertion(std::string_view certificate_pem, std::string_view private_key_pem)
    : key_(std::make_unique<Key>())
{
    const Certificate certificate = read_certificate(certificate_pem);
    key_->pkey = read_key(private_key_pem);
    if (X509_check_private_key(certificate.get(), key_->pkey.get()) != 1)
        throw UsageError("private_key_file is not the key of certificate_file");
    thumbprint_ = thumbprint_of(certificate);
}

ClientAssertion::~ClientAssertion() = default;

std::string ClientAssertion::make(std::string_view client_id, std::string_view token_url,
                                  Timestamp now) const
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
    boost::json::object header;
    header["alg"] = "PS256";
    header["typ"] = "JWT";
    header["x5t#S256"] = thumbprint_;

    boost::json::object claims;
    claims["aud"] = token_url;
    claims["iss"] = client_id;
    claims["sub"] = client_id;
    claims["jti"] = to_string(make_uuid(now));
    claims["nbf"] = seconds.count();
    claims["iat"] = seconds.count();
    claims["exp"] = (seconds + lifetime).count();

    const std::string text = base64_url(boost::json::serialize(header)) + "." +
                             base64_url(boost::json::serialize(claims));
    return text + "." + base64_url(sign(text));
}

std::string ClientAssertion::sign(std::string_view text) const
{
    const Signing context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* options = nullptr; // owned by context
    std::size_t length = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    // PS256: padding PSS, its mask by the same digest, salt as long as the digest (RFC 7518, 3.5).
    const bool ready =
        context &&
        EVP_DigestSignInit(context.get(), &options, EVP_sha256(), nullptr, key_->pkey.get()) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
        EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1 &&
        EVP_DigestSign(context.get(), nullptr, &length, bytes, text.size()) == 1;
    std::string signature(length, '\0');
    auto* out = reinterpret_cast<unsigned char*>(signature.data());
    if (!ready || EVP_DigestSign(context.get(), out, &length, bytes, text.size()) != 1)
        throw Failure(Reaction::reauthorise, "token.refused",
                      "the private key of the application cannot sign; check private_key_file");
    signature.resize(length);
    return signature;
}

} // namespace crmsync::net
