#pragma once

#include "base/clock.hpp"
#include "simulator/request.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace crmsync::sim {

/// Application permissions, as bits.
enum Role : std::uint32_t {
    user_read = 1,
    user_basic = 2,
    mail_basic = 4,
    mail_read = 8,
    mail_write = 16,
    mail_send = 32,
    settings_read = 64,
    settings_write = 128,
    all_roles = 255
};
std::optional<Role> role_of(std::string_view name); ///< "Mail.ReadWrite"
std::vector<std::string_view> role_names(std::uint32_t bits);

/// One application of one tenant, as registered with the sign-in service.
struct Application {
    std::string tenant = "5f8c1e2a-7d3b-4c6e-9a10-2b4d6f8e0c11";
    std::string tenant_name = "contoso.example"; ///< accepted in its place
    std::string client_id = "535fb089-9ff3-47b6-9bfb-4f1264799865";
    std::string secret = "simulator-secret";
    std::string expired_secret;            ///< answered with AADSTS7000222
    std::vector<std::string> certificates; ///< PEM
    std::uint32_t roles = all_roles;
    long token_seconds = 3599;
    /// The next so many token requests end with this number: 90033, 7000222, 429 …
    int fail_next = 0;
    int fail_number = 0;
};

/// What a token allows: frozen when it was issued, whatever the application is granted later.
struct Grant {
    std::string client_id;
    std::uint32_t roles = 0;
    Timestamp expires;
};

/// The sign-in service: `POST /{tenant}/oauth2/v2.0/token`.
class TokenIssuer {
public:
    explicit TokenIssuer(Clock& clock) : clock_(clock), applications_(1) {}

    Answer answer(const Request& request, std::string_view tenant);
    /// The grant behind "Bearer …"; nothing when it was not issued here.
    const Grant* find(std::string_view authorization) const;
    std::string issue(const Application& application);
    void forget_tokens() { grants_.clear(); }
    Application& application() { return applications_.front(); }
    Application& add(Application application);
    std::uint64_t issued() const { return issued_; }

private:
    Answer refuse(int status, std::string_view error, int number, std::string_view text);
    Answer check_assertion(const Application& application, const Request& request,
                           const std::string& assertion);
    Answer grant(const Application& application);

    Clock& clock_;
    std::vector<Application> applications_;
    std::unordered_map<std::string, Grant> grants_;
    std::uint64_t issued_ = 0;
};

} // namespace crmsync::sim
