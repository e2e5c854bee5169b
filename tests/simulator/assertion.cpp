#include "simulator/assertion.hpp"

#include "base/digest.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"

#include <boost/json.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>

namespace crmsync::sim {

namespace {

namespace json = boost::json;

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Digester = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

std::string from_base64_url(std::string_view text)
{
    std::string standard{text};
    for (char& c : standard)
        c = c == '-' ? '+' : c == '_' ? '/' : c;
    while (standard.size() % 4 != 0)
        standard += '=';
    return from_base64(standard);
}

Certificate read_certificate(const std::string& pem)
{
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
    return {PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free};
}

std::string thumbprint(X509* certificate, const EVP_MD* digest)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (X509_digest(certificate, digest, bytes, &size) != 1)
        return {};
    return base64_url({reinterpret_cast<const char*>(bytes), size});
}

bool signature_fits(X509* certificate, std::string_view text, const std::string& signature,
                    bool pss)
{
    const Key key(X509_get_pubkey(certificate), &EVP_PKEY_free);
    const Digester digester(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    EVP_PKEY_CTX* context = nullptr;
    if (!key || EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA ||
        EVP_DigestVerifyInit(digester.get(), &context, EVP_sha256(), nullptr, key.get()) != 1)
        return false;
    if (pss && (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) != 1 ||
                EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) != 1))
        return false;
    return EVP_DigestVerify(digester.get(),
                            reinterpret_cast<const unsigned char*>(signature.data()),
                            signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                            text.size()) == 1;
}

std::string text_member(const json::object& object, std::string_view name)
{
    const json::value* const value = object.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string{};
}

AssertionFault verify(std::string_view jwt, std::string_view client_id, std::string_view audience,
                      const std::vector<std::string>& certificates, Timestamp now)
{
    const auto parts = split(jwt, '.');
    if (parts.size() != 3)
        return AssertionFault::malformed;
    const json::value head_value = json::parse(from_base64_url(parts[0]));
    const json::value claims_value = json::parse(from_base64_url(parts[1]));
    const json::object& head = head_value.as_object();
    const json::object& claims = claims_value.as_object();
    const bool pss = text_member(head, "alg") == "PS256";
    if (!pss && text_member(head, "alg") != "RS256")
        return AssertionFault::malformed;

    const std::string print = text_member(head, "x5t#S256");
    const std::string old_print = text_member(head, "x5t");
    Certificate signer(nullptr, &X509_free);
    for (const std::string& pem : certificates) {
        Certificate candidate = read_certificate(pem);
        if (candidate &&
            ((!print.empty() && thumbprint(candidate.get(), EVP_sha256()) == print) ||
             (!old_print.empty() && thumbprint(candidate.get(), EVP_sha1()) == old_print)))
            signer = std::move(candidate);
    }
    if (!signer)
        return AssertionFault::unknown_certificate;
    const std::string_view signed_text = jwt.substr(0, parts[0].size() + 1 + parts[1].size());
    if (!signature_fits(signer.get(), signed_text, from_base64_url(parts[2]), pss))
        return AssertionFault::bad_signature;
    if (text_member(claims, "iss") != client_id || text_member(claims, "sub") != client_id ||
        text_member(claims, "jti").empty())
        return AssertionFault::subject;
    if (text_member(claims, "aud") != audience)
        return AssertionFault::audience;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    constexpr std::int64_t skew = 300;
    const json::value* const from = claims.if_contains("nbf");
    if (claims.at("exp").to_number<std::int64_t>() + skew < seconds ||
        (from && from->to_number<std::int64_t>() > seconds + skew))
        return AssertionFault::time;
    return AssertionFault::none;
}

} // namespace

AssertionFault verify_assertion(std::string_view jwt, std::string_view client_id,
                                std::string_view audience,
                                const std::vector<std::string>& certificates, Timestamp now)
{
    try {
        return verify(jwt, client_id, audience, certificates, now);
    } catch (const Failure&) {
        return AssertionFault::malformed;
    } catch (const std::exception&) {
        return AssertionFault::malformed;
    }
}

} // namespace crmsync::sim
