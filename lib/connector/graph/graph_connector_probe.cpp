#include "connector/graph/graph_connector.hpp"
#include "connector/graph/graph_json.hpp"
#include "connector/graph/graph_purposes.hpp"

#include <boost/json/serialize.hpp>

namespace crmsync::graph {

namespace asio = boost::asio;

namespace {

// Neither is anything's id: with the permission the answer is 404, or 400 where the id cannot be
// taken apart.
constexpr std::string_view no_message =
    "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
constexpr std::string_view no_category = "00000000-0000-0000-0000-000000000000";
/// No item has this version.
constexpr std::string_view no_version = R"(W/"AAAAAAAAAAAAAAAA")";

ProbeResult passed(std::string step, std::string detail)
{
    return {std::move(step), true, std::move(detail)};
}

ProbeResult failed(std::string step, std::string detail)
{
    return {std::move(step), false, std::move(detail)};
}

net::Request patch(std::string url, std::string body)
{
    net::Request request = Calls::request(net::Method::patch, std::move(url), "return=minimal");
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = std::move(body);
    return request;
}

/// A write that changes nothing: the categories an existing message has already, at a version it
/// does not have. Refused with 412 where we may write and with 403 where we may not; should the
/// version be ignored, nothing a person sees changes. In an empty mailbox it goes to no message.
net::Request harmless_write(const net::Response& listing, const Urls& urls)
{
    std::string_view id = no_message;
    boost::json::value categories = boost::json::array();
    DocumentPtr document;
    if (listing.status == 200)
        document = parse_document(listing.body);
    const boost::json::value* rows = document ? member(document->root(), "value") : nullptr;
    if (rows && rows->is_array() && !rows->get_array().empty()) {
        const boost::json::value& message = rows->get_array().front();
        const boost::json::value* present = member(message, "categories");
        const std::string_view known = text_at(message, "id").value_or("");
        if (!known.empty() && present && present->is_array()) {
            id = known;
            categories = *present;
        }
    }
    boost::json::object body;
    body["categories"] = std::move(categories);
    net::Request request = patch(urls.url(urls.message(id, "")), boost::json::serialize(body));
    request.headers.push_back({"If-Match", std::string(no_version)});
    request.drop_body = true; // the status is all there is to know
    return request;
}

} // namespace

asio::awaitable<ProbeResult> GraphConnector::probe_step(std::string step, net::Request request,
                                                        Purpose purpose, std::set<int> also_passed,
                                                        net::Response& response)
{
    std::string failure;
    try {
        response = co_await calls_.send(std::move(request), purpose);
    } catch (const Failure& f) {
        failure = f.message();
    }
    if (!failure.empty())
        co_return failed(std::move(step), std::move(failure));
    const GraphError error = classify(response, purpose);
    const bool fine = (response.status >= 200 && response.status < 300) ||
                      (also_passed.contains(response.status) && !is_mailbox_wide(error));
    if (fine)
        co_return passed(std::move(step), std::string(purpose.permission));
    co_return failed(std::move(step), error.message);
}

asio::awaitable<std::vector<ProbeResult>> GraphConnector::probe()
{
    std::vector<ProbeResult> results;
    std::string failure;
    try {
        co_await calls_.check_token();
    } catch (const Failure& f) {
        failure = f.message();
    }
    if (!failure.empty()) {
        results.push_back(failed("token", std::move(failure)));
        co_return results;
    }
    results.push_back(passed("token", "issued"));

    // Whether the mailbox is there at all.
    const Urls& urls = calls_.urls();
    const std::set<int> none;
    net::Response answer;
    net::Request inbox =
        Calls::request(net::Method::get, urls.url(urls.well_known_folder(WellKnown::inbox)));
    ProbeResult mailbox =
        co_await probe_step("mailbox", std::move(inbox), purpose::probe_mailbox, none, answer);
    if (!mailbox.passed && answer.status != 403) {
        results.push_back(std::move(mailbox));
        co_return results;
    }
    if (mailbox.passed) // else nobody knows yet: the next steps say what is missing
        results.push_back(passed("mailbox", "found"));

    // The size of one message: an extended property, which Mail.ReadBasic.All does not give.
    const std::string one =
        urls.messages("$top=1&$select=id,categories&$expand=singleValueExtendedProperties("
                      "$filter=id%20eq%20'Integer%200xE08')");
    net::Request read = Calls::request(net::Method::get, urls.url(one));
    net::Response listing;
    results.push_back(
        co_await probe_step("read mail", std::move(read), purpose::probe_mail, none, listing));

    const std::set<int> not_there{400, 404};
    net::Request color =
        patch(urls.url(urls.master_category(no_category)), R"({"color":"preset0"})");
    results.push_back(co_await probe_step("categories", std::move(color), purpose::probe_categories,
                                          not_there, answer));

    const std::set<int> not_written{400, 404, 409, 412};
    net::Request write = harmless_write(listing, urls);
    results.push_back(
        co_await probe_step("write", std::move(write), purpose::probe_write, not_written, answer));
    co_return results;
}

} // namespace crmsync::graph
