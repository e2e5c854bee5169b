#include "live/findings.hpp"
#include "net/url.hpp"

namespace crmsync::live {

namespace {

/// 400, 405 and 501 say that there is no such thing; another failure says nothing about it.
std::optional<bool> refused(const Reply& reply)
{
    if (reply.done())
        return false;
    if (reply.status == 400 || reply.status == 405 || reply.status == 501)
        return true;
    return std::nullopt;
}

constexpr const char* folder_mark = "String {5b2c9d1e-6a43-4f0b-9a57-0d6f3c1e8b24} Name mark";

} // namespace

Finding refuses_category_filter(Desk& desk)
{
    const std::string filter = net::percent_encode("categories/any(c:c eq 'crmsync question')");
    const Reply reply = co_await desk.tenant().get("/messages?$select=id&$top=1&$filter=" + filter);
    co_return refused(reply);
}

Finding refuses_modified_filter(Desk& desk)
{
    const std::string filter = net::percent_encode("lastModifiedDateTime ge 2020-01-01T00:00:00Z");
    const Reply reply = co_await desk.tenant().get(
        "/messages?$select=id,parentFolderId&$top=1&$orderby=lastModifiedDateTime&$filter=" +
        filter);
    co_return refused(reply);
}

Finding refuses_delta_order(Desk& desk)
{
    const Reply reply = co_await desk.tenant().get(
        desk.folder_path() + "/messages/delta?$select=id&$orderby=receivedDateTime%20desc");
    co_return refused(reply);
}

/// The mark of an installation is such a property of the Inbox; this one is of the desk's folder.
Finding refuses_folder_properties(Desk& desk)
{
    boost::json::object mark;
    mark["id"] = folder_mark;
    mark["value"] = "yes";
    boost::json::object folder;
    folder["singleValueExtendedProperties"] = boost::json::array(1, boost::json::value(mark));
    const Reply reply = co_await desk.tenant().patch(desk.folder_path(), folder);
    co_return refused(reply);
}

} // namespace crmsync::live
