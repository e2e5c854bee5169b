#include "simulator/token.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"
#include "simulator/assertion.hpp"
#include "simulator/ids.hpp"
#include "simulator/json_text.hpp"
#include "simulator/odata_query.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace crmsync::sim {

namespace {

constexpr std::pair<std::string_view, Role> roles[] = {
    {"User.Read.All", user_read},
    {"Directory.Read.All", user_read},
    {"User.ReadBasic.All", user_basic},
    {"Mail.ReadBasic.All", mail_basic},
    {"Mail.ReadBasic", mail_basic},
    {"Mail.Read", mail_read},
    {"Mail.ReadWrite", mail_write},
    {"Mail.Send", mail_send},
    {"MailboxSettings.Read", settings_read},
    {"MailboxSettings.ReadWrite", settings_write}};

std::string form_value(const std::vector<QueryOption>& form, std::string_view name)
{
    for (const QueryOption& option : form)
        if (option.name == name)
            return option.value;
    return {};
}

} // namespace

std::optional<Role> role_of(std::string_view name)
{
    for (const auto& [known, role] : roles)
        if (same_name(known, name))
            return role;
    return std::nullopt;
}

std::vector<std::string_view> role_names(std::uint32_t bits)
{
    std::vector<std::string_view> names;
    for (const auto& [name, role] : roles)
        if (bits & role)
            names.push_back(name);
    return names;
}

Application& TokenIssuer::add(Application application)
{
    applications_.push_back(std::move(application));
    return applications_.back();
}

Answer TokenIssuer::refuse(int status, std::string_view error, int number, std::string_view text)
{
    const std::string stamp = time_text(clock_.now());
    std::string at = stamp;
    at[10] = ' ';
    const std::string trace = guid_of(fmt::format("trace{}{}", stamp, ++issued_));
    const std::string correlation = guid_of(trace);
    std::string out = "{";
    append_name(out, "error");
    append_string(out, error);
    append_name(out, "error_description");
    append_string(out, fmt::format("AADSTS{}: {} Trace ID: {} Correlation ID: {} Timestamp: {}",
                                   number, text, trace, correlation, at));
    append_name(out, "error_codes");
    out += fmt::format("[{}]", number);
    append_name(out, "timestamp");
    append_string(out, at);
    append_name(out, "trace_id");
    append_string(out, trace);
    append_name(out, "correlation_id");
    append_string(out, correlation);
    append_name(out, "error_uri");
    append_string(out, fmt::format("https://login.microsoftonline.com/error?code={}", number));
    out += '}';
    Answer answer;
    answer.status = status;
    answer.body = std::move(out);
    return answer;
}

std::string TokenIssuer::issue(const Application& application)
{
    const Timestamp now = clock_.now();
    std::string claims = R"({"aud":"https://graph.microsoft.com","appid":)";
    append_string(claims, application.client_id);
    claims += fmt::format(R"(,"jti":{},"roles":[)", ++issued_);
    for (const std::string_view name : role_names(application.roles)) {
        if (claims.back() != '[')
            claims += ',';
        append_string(claims, name);
    }
    claims += "]}";
    const std::string text = base64_url(R"({"typ":"JWT","alg":"RS256"})") + '.' +
                             base64_url(claims) + '.' + base64_url(random_bytes(32));
    grants_[text] = {application.client_id, application.roles,
                     now + std::chrono::seconds(application.token_seconds)};
    return text;
}

const Grant* TokenIssuer::find(std::string_view authorization) const
{
    if (authorization.size() < 7 || !same_name(authorization.substr(0, 7), "Bearer "))
        return nullptr;
    const auto found = grants_.find(std::string(trim(authorization.substr(7))));
    return found == grants_.end() ? nullptr : &found->second;
}

Answer TokenIssuer::grant(const Application& application)
{
    Answer answer;
    answer.body = fmt::format(
        R"({{"token_type":"Bearer","expires_in":{0},"ext_expires_in":{0},"access_token":"{1}"}})",
        application.token_seconds, issue(application));
    return answer;
}

Answer TokenIssuer::check_assertion(const Application& application, const Request& request,
                                    const std::string& assertion)
{
    const std::string audience = request.base + request.target;
    switch (verify_assertion(assertion, application.client_id, audience, application.certificates,
                             clock_.now())) {
    case AssertionFault::none:
        return grant(application);
    case AssertionFault::subject:
        return refuse(401, "invalid_client", 700021,
                      "Client assertion application identifier doesn't match 'client_id' "
                      "parameter.");
    case AssertionFault::audience:
        return refuse(401, "invalid_client", 700023,
                      "Client assertion audience claim does not match Realm issuer.");
    case AssertionFault::time:
        return refuse(401, "invalid_client", 700024,
                      "Client assertion is not within its valid time range.");
    case AssertionFault::malformed:
        return refuse(401, "invalid_client", 50027, "JWT token is invalid or malformed.");
    case AssertionFault::bad_signature:
    case AssertionFault::unknown_certificate:
        break;
    }
    return refuse(401, "invalid_client", 700027,
                  "The certificate with identifier used to sign the client assertion is not "
                  "registered on application.");
}

Answer TokenIssuer::answer(const Request& request, std::string_view tenant)
{
    const auto form = query_options(request.body);
    const auto of_tenant = [&](const Application& a) {
        return same_name(a.tenant, tenant) || same_name(a.tenant_name, tenant);
    };
    if (std::none_of(applications_.begin(), applications_.end(), of_tenant))
        return refuse(400, "invalid_request", 90002,
                      fmt::format("Tenant '{}' not found. Check to make sure you have the correct "
                                  "tenant ID and are signing into the correct cloud.",
                                  tenant));
    const std::string client = form_value(form, "client_id");
    const auto found =
        std::find_if(applications_.begin(), applications_.end(), [&](const Application& a) {
            return of_tenant(a) && same_name(a.client_id, client);
        });
    if (found == applications_.end())
        return refuse(400, "unauthorized_client", 700016,
                      fmt::format("Application with identifier '{}' was not found in the "
                                  "directory '{}'.",
                                  client, tenant));
    Application& application = *found;
    if (application.fail_next > 0) {
        --application.fail_next;
        if (application.fail_number == 429)
            return {
                429,
                {{"Retry-After", "60"}},
                R"({"error":"temporarily_unavailable","error_description":"Too many requests."})",
                Answer::Kind::json};
        const bool transient = application.fail_number == 90033 || application.fail_number == 90006;
        return refuse(transient ? 503 : 401,
                      transient ? "temporarily_unavailable" : "invalid_client",
                      application.fail_number, "A scripted error has occurred.");
    }
    if (form_value(form, "grant_type") != "client_credentials")
        return refuse(400, "unsupported_grant_type", 70003,
                      "The app requested an unsupported grant type.");
    const std::string scope = form_value(form, "scope");
    if (!scope.ends_with("/.default") || scope.find(' ') != std::string::npos)
        return refuse(400, "invalid_scope", 70011,
                      "The provided request must include a 'scope' input parameter. The provided "
                      "value for the input parameter 'scope' isn't valid.");
    const std::string assertion = form_value(form, "client_assertion");
    if (!assertion.empty()) {
        if (form_value(form, "client_assertion_type") !=
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            return refuse(400, "invalid_request", 900144,
                          "The request body must contain the parameter 'client_assertion_type'.");
        return check_assertion(application, request, assertion);
    }
    const std::string secret = form_value(form, "client_secret");
    if (secret.empty())
        return refuse(401, "invalid_client", 7000216,
                      "'client_assertion', 'client_secret' or 'request' is required for the "
                      "'client_credentials' grant type.");
    if (!application.expired_secret.empty() && secret == application.expired_secret)
        return refuse(401, "invalid_client", 7000222,
                      fmt::format("The provided client secret keys for app '{}' are expired.",
                                  application.client_id));
    if (secret != application.secret)
        return refuse(401, "invalid_client", 7000215,
                      fmt::format("Invalid client secret provided. Ensure the secret being sent in "
                                  "the request is the client secret value, not the client secret "
                                  "ID, for a secret added to app '{}'.",
                                  application.client_id));
    return grant(application);
}

} // namespace crmsync::sim
