"""The words that stand beside the exports and say that everything in them is synthetic."""

NOTE_VI = (
    "Toàn bộ dữ liệu trong thư mục này là dữ liệu tổng hợp nhân tạo, được tạo bằng số ngẫu nhiên có hạt giống cố định; "
    "không phản ánh hồ sơ, người dân hay kết quả công tác thực tế của bất kỳ cơ quan nào."
)
NOTE_EN = (
    "All data in this folder are synthetic, made from random numbers with a fixed seed; they describe no real dossier, "
    "no real person and no real performance of any office."
)

READ_FIRST = f"""ĐỌC TRƯỚC – DỮ LIỆU TỔNG HỢP NHÂN TẠO

{NOTE_VI}
Tên đơn vị là tên thật của thành phố Vũng Tàu năm 2023, chỉ dùng để minh họa kế hoạch cải cách hành chính năm 2023.
Trong dữ liệu có cài sẵn các lỗi và các hiện tượng đã biết trước (chậm, dồn sát hạn, giảm thật, giảm do cơ cấu hồ sơ)
để kiểm tra phần mềm; đáp án nằm trong tệp truth.json. Các thư mục con là các sổ đi kèm hồ sơ, cũng là dữ liệu giả lập:
payments (thu phí, lệ phí), feedback (phản ánh, kiến nghị và đường dây nóng), e_copies (chứng thực bản sao), procedures
(danh mục thủ tục hành chính), other_register (sổ hoặc hệ thống thứ hai của ba đơn vị); khao-sat (phiếu khảo sát mức độ
hài lòng, ba đợt), ki-ot (đánh giá tại ki-ốt), tu-cham-diem (bảng tự chấm điểm chỉ số cải cách hành chính) chi-so
(bảng chỉ số của thành phố), minh-chung (minh chứng thực hiện kế hoạch do đơn vị báo cáo) và nop-bao-cao (sổ theo dõi
nộp báo cáo).
Không được trích dẫn bất kỳ con số nào ở đây như số liệu thật.

READ FIRST – SYNTHETIC DATA

{NOTE_EN}
The offices carry the real names of the city of Vũng Tàu in 2023, only to show its plan for 2023 at work.
Known faults and known effects are planted in the data (slowness, bunching at the deadline, a real drop, a drop that is
only a change of mix) to test the software; the answers are in truth.json. The folders hold the registers beside the
dossiers, synthetic as well: payments (fees and charges), feedback (petitions and hotline), e_copies (certified copies),
procedures (the catalogue), other_register (a second list of the dossiers of three units); khao-sat (a satisfaction
survey in three waves), ki-ot (ratings at the kiosks), tu-cham-diem (self-scoring of the reform index), chi-so (a
table of indices of the city), minh-chung (evidence that offices report on the plan) and nop-bao-cao (reports handed
in).
Quote no number from here as a fact.
"""
