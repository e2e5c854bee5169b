#pragma once

#include "base/digest.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <string>
#include <string_view>

namespace crmsync::sim::test {

/// A key and its self-signed certificate.
struct Identity {
    EVP_PKEY* key = EVP_RSA_gen(2048);
    X509* certificate = X509_new();

    Identity()
    {
        X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_set_pubkey(certificate, key);
        X509_sign(certificate, key, EVP_sha256());
    }
    ~Identity()
    {
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
    Identity(const Identity&) = delete;
    Identity& operator=(const Identity&) = delete;

    std::string pem() const
    {
        BIO* const bio = BIO_new(BIO_s_mem());
        PEM_write_bio_X509(bio, certificate);
        char* data = nullptr;
        const long size = BIO_get_mem_data(bio, &data);
        std::string text(data, static_cast<std::size_t>(size));
        BIO_free(bio);
        return text;
    }
    std::string assertion(std::string_view audience, std::string_view subject, long from,
                          long until) const
    {
        unsigned char print[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        X509_digest(certificate, EVP_sha256(), print, &size);
        const std::string head = fmt::format(R"({{"alg":"PS256","typ":"JWT","x5t#S256":"{}"}})",
                                             base64_url({reinterpret_cast<char*>(print), size}));
        const std::string claims = fmt::format(
            R"({{"aud":"{}","iss":"{}","sub":"{}","jti":"1","nbf":{},"iat":{},"exp":{}}})",
            audience, subject, subject, from, from, until);
        const std::string text = base64_url(head) + "." + base64_url(claims);
        EVP_MD_CTX* const context = EVP_MD_CTX_new();
        EVP_PKEY_CTX* of_key = nullptr;
        EVP_DigestSignInit(context, &of_key, EVP_sha256(), nullptr, key);
        EVP_PKEY_CTX_set_rsa_padding(of_key, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(of_key, RSA_PSS_SALTLEN_DIGEST);
        std::size_t length = 0;
        EVP_DigestSign(context, nullptr, &length,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size());
        std::string signature(length, '\0');
        EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &length,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size());
        EVP_MD_CTX_free(context);
        return text + "." + base64_url(signature);
    }
};

} // namespace crmsync::sim::test
